"""A deterministic world to look at: circles, people, contests, events."""
