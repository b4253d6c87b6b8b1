"""What is said to a model and what comes back, independent of any provider."""
