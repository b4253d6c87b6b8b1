"""The only room that touches the network: a call goes out, status, headers and chunks come back."""
