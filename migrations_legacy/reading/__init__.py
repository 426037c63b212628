"""Reads any variant of the legacy as the school that it means: finds its tables and columns, fills what is missing."""
