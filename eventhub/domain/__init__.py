"""The arithmetic of the trade: pure functions and frozen dataclasses.

Nothing here knows Flask, the database, the clock or the network. Every refusal is a
subclass of ``ValueError`` defined beside the function that raises it; services translate
it for people.
"""
