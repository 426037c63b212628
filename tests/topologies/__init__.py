"""The house in several processes."""
