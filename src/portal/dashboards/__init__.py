"""What the home pages show, gathered from the contracts: one file per role."""
