"""Data that flow by themselves: what a channel shall do, how it is set up at its server, how it stands."""
