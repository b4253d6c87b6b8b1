"""What the mock hears and says, one module a wire format."""
