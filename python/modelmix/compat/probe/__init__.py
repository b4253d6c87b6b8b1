"""What a server that nobody has described speaks, how well, and how to name it in the settings."""
