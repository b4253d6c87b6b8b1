"""Tests of the rooms of `modelmix.ast`."""
