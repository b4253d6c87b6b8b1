"""The one TLS context that all connections share: loading the certificates costs more than a request."""

import ssl
from functools import cache

import httpx


@cache
def context() -> ssl.SSLContext:
    """A context that verifies: `SSL_CERT_FILE` and `SSL_CERT_DIR` where set, else certifi's bundle."""
    return httpx.create_ssl_context()
