"""The official SDKs against the mock, which therefore speaks as their providers do. `nox -s sdks`."""
