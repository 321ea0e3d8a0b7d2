"""What can be done: the table of verbs. Importing this package fills it."""
