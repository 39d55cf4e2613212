"""EventHub: contests and events of university innovation circles."""
