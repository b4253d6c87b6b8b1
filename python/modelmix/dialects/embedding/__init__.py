"""Speaks to embedding endpoints: OpenAI's and those like it, Google's, and Ollama's."""
