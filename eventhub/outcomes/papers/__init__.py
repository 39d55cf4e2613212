"""Certificates and notices as PDF: they are given facts and know no database."""
