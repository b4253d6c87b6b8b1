"""Captured replies, read back into messages and events: what a provider sent, from files instead of a connection."""
