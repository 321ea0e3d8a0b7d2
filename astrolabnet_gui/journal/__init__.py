"""What was done: an append-only record of intents and outcomes (SQLite)."""
