"""Reads of lists, awards, certificates, notices and objections."""
