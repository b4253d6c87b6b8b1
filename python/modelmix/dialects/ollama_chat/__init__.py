"""`POST /api/chat`: Ollama's own format.

The format is that of https://docs.ollama.com/api/chat and of the server's `api/types.go`.
"""
