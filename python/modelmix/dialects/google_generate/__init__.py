"""`POST /models/{id}:generateContent` and `:streamGenerateContent`: Google's Gemini API.

The format is that of https://ai.google.dev/api/generate-content.
"""
