"""The prices of `genai-prices` beside ours: what a few usages cost, model by model, and why it differs."""
