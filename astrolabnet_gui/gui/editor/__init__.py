"""Editor: code of one's own for a session: several pages, kept across restarts, sent piece by piece."""
