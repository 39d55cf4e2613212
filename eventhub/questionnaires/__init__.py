"""Forms that organisers build: their versions, and how they are shown and checked."""
