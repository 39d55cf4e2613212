"""The fonts of certificates and notices, in which rare names are at home."""
