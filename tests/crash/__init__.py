"""Processes that are killed in the midst of writing."""
