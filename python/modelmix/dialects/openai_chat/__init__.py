"""`POST /chat/completions`: OpenAI's first chat format, and all that copy it.

The format is that of OpenAI's API reference for chat completions; deviations of others are named where they matter.
"""
