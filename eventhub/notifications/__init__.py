"""How a message leaves the house, and whether it did."""
