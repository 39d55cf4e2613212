"""What people type, brought to a form that can be compared."""

import unicodedata


def compact(typed: str) -> str:
    """Narrow full-width characters and drop every space and every invisible character.

    Case stays, dashes stay. The form is Unicode's NFKC.
    """
    narrow = unicodedata.normalize("NFKC", typed)
    return "".join(c for c in narrow if not c.isspace() and unicodedata.category(c) != "Cf")


def drop_dashes(text: str) -> str:
    """Drop hyphens and dashes of every length and script."""
    return "".join(c for c in text if unicodedata.category(c) != "Pd")
