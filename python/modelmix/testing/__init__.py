"""For tests of programs that use modelmix."""
