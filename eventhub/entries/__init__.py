"""Projects entered in a competition: team, documents, review."""
