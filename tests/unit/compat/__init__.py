"""Tests of the rooms of `modelmix.compat`."""
