"""Every provider that only the catalogue knows: what is planned for it, held to another reading of the same data."""
