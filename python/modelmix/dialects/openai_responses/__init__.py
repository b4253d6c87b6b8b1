"""`POST /responses`: OpenAI's second format, where a conversation is a list of items.

What is said here is documented at https://platform.openai.com/docs/api-reference/responses/create.
"""
