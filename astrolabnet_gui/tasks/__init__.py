"""How work is sent, at most once, and followed."""
