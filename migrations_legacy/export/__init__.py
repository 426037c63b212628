"""The way back: writes a database that the legacy can serve, with what was entered here since the move."""
