"""Real PostgreSQL and Valkey (Redis) servers for the tests from PyPI packages: up in a second, gone without a trace."""
