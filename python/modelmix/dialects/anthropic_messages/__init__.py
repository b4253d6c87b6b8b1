"""`POST /messages`: Anthropic's format, and all that copy it.

The format is that of Anthropic's API reference for messages; deviations of others are named where they matter.
"""
