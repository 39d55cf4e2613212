"""What runs in the helper process: nothing here imports the house, its settings or its database.

See ``eventhub.files.sandbox`` for the side that asks.
"""
