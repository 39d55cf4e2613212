"""what goes in time"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column('stored_files', sa.Column('unused_since', sa.DateTime(timezone=True), nullable=True))
    op.create_index('ix_stored_files_unused', 'stored_files', ['unused_since'], unique=False, postgresql_where='unused_since IS NOT NULL')
    op.add_column('document_requirements', sa.Column('is_personal', sa.Boolean(), server_default=sa.text('false'), nullable=False))
    op.add_column('unlocks', sa.Column('review_id', sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f('fk_unlocks_review_id_entry_reviews'), 'unlocks', 'entry_reviews', ['review_id'], ['id'], ondelete='SET NULL')


def downgrade() -> None:
    """Take back."""
    op.drop_constraint(op.f('fk_unlocks_review_id_entry_reviews'), 'unlocks', type_='foreignkey')
    op.drop_column('unlocks', 'review_id')
    op.drop_column('document_requirements', 'is_personal')
    op.drop_index('ix_stored_files_unused', table_name='stored_files', postgresql_where='unused_since IS NOT NULL')
    op.drop_column('stored_files', 'unused_since')
