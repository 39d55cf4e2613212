"""Starting the house on one machine: what ``make run`` does. Nothing here runs in production."""
