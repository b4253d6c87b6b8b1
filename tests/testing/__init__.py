"""What `modelmix.testing` promises to applications."""
