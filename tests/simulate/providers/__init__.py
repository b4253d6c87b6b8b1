"""A module for each provider: its current models, and what its documents say of it alone."""
