"""Tests of the rooms of `modelmix.catalog`."""
