"""When and where each entry appears on stage."""
