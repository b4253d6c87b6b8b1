"""Tests over real sockets and with real processes."""
