"""Tests of what is found out about servers that nobody has described."""
