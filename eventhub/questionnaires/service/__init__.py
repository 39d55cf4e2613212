"""Building, publishing and showing forms."""
