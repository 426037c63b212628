"""The whole house in a real browser: served as `make run` serves it, and used as people use it."""
