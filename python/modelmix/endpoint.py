"""Base URLs: which are fit to be sent a request, and a key."""

import re
from ipaddress import ip_address
from types import MappingProxyType
from typing import Final
from urllib.parse import SplitResult, urlsplit

from returns.result import Failure, Success

from modelmix.errors import BadConfig
from modelmix.outcome import Outcome

_EVERYWHERE: Final = MappingProxyType({"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"})  # noqa: S104 - not bound
_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f\\]")

_LONGEST_LABEL: Final = 63
"""Characters between two dots of a host name: RFC 1035, 2.3.4."""


def check(base_url: str, *, allow_insecure: bool = False) -> Outcome[str]:
    """The base URL without its trailing slash, if it is one that requests may go to.

    https anywhere; plain http only to this machine, by a literal loopback name or address, unless `allow_insecure`.
    """
    why = _flaw(base_url, allow_insecure=allow_insecure)
    if why is not None:
        return Failure(BadConfig(where="base URL", detail=f"`{_shown(base_url)}` {why}"))
    return Success(base_url.rstrip("/"))


def _flaw(base_url: str, *, allow_insecure: bool) -> str | None:
    if _UNSAFE.search(base_url):
        return "holds characters that no URL has"
    try:
        url = urlsplit(base_url)
        host, _ = url.hostname, url.port
    except ValueError as cause:
        return f"is no URL: {cause}"
    if url.scheme not in {"http", "https"} or not host:
        return "is no http or https URL"
    if not all(0 < len(label) <= _LONGEST_LABEL for label in host.removesuffix(".").split(".")):
        # Resolving such a name raises instead of failing: https://bugs.python.org/issue32958
        return "names a host that cannot be one"
    if url.username is not None or url.password is not None:
        return "holds a user name or password; give keys by variable or file instead"
    if url.query or url.fragment or "?" in base_url or "#" in base_url:
        return "has a query or fragment; a base URL ends with its path"
    if url.scheme == "http" and not allow_insecure and not is_loopback(host):
        return "would send everything unencrypted; use https, or set `allow_insecure = true` for the provider"
    return None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine, written out: `localhost`, `127.0.0.0/8` or `::1`."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def reach(said: str, own: str) -> str:
    """The URL at which a client reaches a server that is said to listen at `said`; `own` is where it does by itself.

    A host without a scheme is plain http, and without a port has that of `own`. The addresses that mean every
    interface, and none, mean this machine (`envconfig/config.go` of Ollama reads OLLAMA_HOST so).

    >>> reach("0.0.0.0", "http://localhost:11434")
    'http://127.0.0.1:11434'
    """
    plain = "://" not in said
    if _UNSAFE.search(said) or any(letter in said for letter in "@?#"):
        # Nothing is mended that is refused: `check` will say why.
        return said
    try:
        url = urlsplit(f"http://{said}" if plain else said)
        host, port, default = url.hostname or "", url.port, urlsplit(own).port
    except ValueError:
        return said
    named = _EVERYWHERE.get(host)
    if plain and port is None:
        port = default
    elif named is None:
        return said
    shown = named or (f"[{host}]" if ":" in host else host)
    return SplitResult(url.scheme, shown if port is None else f"{shown}:{port}", url.path, "", "").geturl()


def host_of(url: str) -> str:
    """The host of a URL that has been checked."""
    return urlsplit(url).hostname or ""


def _shown(base_url: str) -> str:
    """The URL as it may be told: without user name, password and query, which may hold a key."""
    try:
        url = urlsplit(base_url)
    except ValueError:
        return "the URL"
    # Without `//`, a user name passes for a scheme.
    scheme, path = (url.scheme, url.path) if url.netloc else ("", url.path.rpartition("@")[2])
    return ascii(SplitResult(scheme, url.netloc.rpartition("@")[2], path, "", "").geturl())[1:-1]
