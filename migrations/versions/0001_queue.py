"""the queue's own tables, as procrastinate 3.10 defines them (MIT licence)"""

from __future__ import annotations

from pathlib import Path

from alembic import op
from sqlalchemy import text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQL = Path(__file__).parent.parent / "sql" / "procrastinate_3_10.sql"


def upgrade() -> None:
    """Apply."""
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    op.get_bind().exec_driver_sql(SQL.read_text().replace("%", "%%"))


def downgrade() -> None:
    """Take back: every object of the queue bears its name."""
    bind = op.get_bind()
    for kind, query in (
        ("TABLE", "SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'"
                  " AND tablename LIKE 'procrastinate\\_%'"),
        ("FUNCTION", "SELECT oid::regprocedure::text FROM pg_proc"
                     " WHERE pronamespace = 'public'::regnamespace"
                     " AND proname LIKE 'procrastinate\\_%'"),
        ("TYPE", "SELECT quote_ident(typname) FROM pg_type"
                 " WHERE typnamespace = 'public'::regnamespace"
                 " AND typname LIKE 'procrastinate\\_%' AND typelem = 0"
                 " AND (typrelid = 0 OR EXISTS (SELECT FROM pg_class c"
                 "      WHERE c.oid = typrelid AND c.relkind = 'c'))"),
    ):
        for name in bind.execute(text(query)).scalars().all():
            op.execute(f"DROP {kind} IF EXISTS {name} CASCADE")
    op.execute("DROP EXTENSION IF EXISTS pg_trgm")
    op.execute("DROP EXTENSION IF EXISTS btree_gist")
