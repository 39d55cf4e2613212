"""Advancement, awards, certificates, public notices and objections."""
