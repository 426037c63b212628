"""Which processes the house runs in, and what each of them must be told."""
