"""People, sign-in and personal links."""
