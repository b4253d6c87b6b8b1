"""Requests as the documents of the providers want them, one file a case."""
