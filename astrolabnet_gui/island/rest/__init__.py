"""Livy's REST interface: bodies in, replies out, the checks at the door."""
