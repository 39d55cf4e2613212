"""Uploaded and generated documents, kept by their content."""
