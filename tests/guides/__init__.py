"""The guides: every block that they show is run, or held to what it shows."""
