"""Servers, intervals, paths: TOML, then environment; secrets by reference only."""
