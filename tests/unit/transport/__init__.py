"""Tests of the rooms of `modelmix.transport`."""
