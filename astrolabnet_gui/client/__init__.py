"""How to ask: the only room with addresses and httpx."""
