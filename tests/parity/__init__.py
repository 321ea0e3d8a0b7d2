"""Parity: what a command does, through each face."""
