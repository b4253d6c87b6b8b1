"""Recorded exchanges: kept, compared, replayed, and what they prove."""
