"""What is known: a Qt-free engine on one asyncio loop, an actor per server, deltas, the store."""
