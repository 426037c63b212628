"""The eight bounded contexts. Each is private: others reach it through its contract and its events only."""
