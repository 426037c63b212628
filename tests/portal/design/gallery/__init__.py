"""Every component of the pages on a few sample pages, for the eye and for the browser tests; never served to people."""
