"""Tests of the rooms of `modelmix.cli`."""
