"""Tests of tools made of functions."""
