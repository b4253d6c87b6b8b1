"""Tests of the rooms of `modelmix.providers`."""
