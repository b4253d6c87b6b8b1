"""How many tokens a text, a request or an answer is, before or in place of the provider's own count."""
