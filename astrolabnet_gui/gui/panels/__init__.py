"""Panels: what stands around the graph: the thing looked at, its result, its log, what was done."""
