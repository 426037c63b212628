"""A small legacy school of our own, and what happens when it, or a shared sample, moves in."""
