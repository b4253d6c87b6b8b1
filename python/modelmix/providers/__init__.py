"""Providers as data: one TOML file each, read when it is needed."""
