"""Tests of the rooms that need neither network nor clock, one file a room."""
