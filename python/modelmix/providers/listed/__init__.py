"""Facts on providers that only the catalogue knows."""
