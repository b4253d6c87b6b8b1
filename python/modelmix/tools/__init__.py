"""Typed Python functions as tools: told to a model, called when it asks, never with arguments that do not fit."""
