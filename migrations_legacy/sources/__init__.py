"""Where a legacy school is read from. Sources are only ever read."""
