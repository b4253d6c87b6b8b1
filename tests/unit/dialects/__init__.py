"""Tests of the rooms of `modelmix.dialects`."""
