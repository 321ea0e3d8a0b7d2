"""Prompt: Python in the window: a kernel in a process of its own, what it says, and the line that is typed."""
