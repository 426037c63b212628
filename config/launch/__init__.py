"""What `manage.py serve` does before the server runs: look first, then build aside, then swap in."""
