"""Face 2: the command line."""
