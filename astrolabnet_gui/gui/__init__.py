"""Face 1: the window. All of Qt is here."""
