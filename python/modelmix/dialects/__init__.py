"""How a request is said in each wire format: one module a dialect."""
