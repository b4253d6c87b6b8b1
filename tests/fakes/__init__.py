"""Servers of our own that play what real ones do, faults included."""
