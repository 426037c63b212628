"""Technical services that every module stands on. Knows Django and the contracts' building blocks, and no module."""
