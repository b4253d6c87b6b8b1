"""Which proxy a host is reached through, as the environment says."""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from returns.result import Failure, Success

from modelmix.endpoint import is_loopback
from modelmix.errors import BadConfig
from modelmix.outcome import Outcome


def proxy_for(scheme: str, host: str, env: Mapping[str, str]) -> Outcome[str | None]:
    """The URL of the proxy for a host; None for a direct connection, which loopback always is."""
    if is_loopback(host) or _is_excepted(host, _said(env, "NO_PROXY")[1]):
        return Success(None)
    for name in (f"{scheme.upper()}_PROXY", "ALL_PROXY"):
        variable, value = _said(env, name)
        if value:
            return _checked(variable, value if "://" in value else f"http://{value}")
    return Success(None)


def _said(env: Mapping[str, str], name: str) -> tuple[str, str]:
    """A variable in lower case wins over the one in upper case, as everywhere."""
    return (name.lower(), env[name.lower()]) if env.get(name.lower()) else (name, env.get(name, ""))


def _checked(variable: str, url: str) -> Outcome[str | None]:
    try:
        parts = urlsplit(url)
        known = parts.scheme in {"http", "https", "socks5", "socks5h"} and parts.hostname and parts.port != 0
    except ValueError:
        known = False
    if not known:
        return Failure(BadConfig(where=variable, detail="no proxy URL such as http://proxy.example:8080"))
    return Success(url)


def _is_excepted(host: str, exceptions: str) -> bool:
    return any(
        _matches(host, entry.strip().strip("[]").lstrip(".")) for entry in exceptions.split(",") if entry.strip()
    )


def _matches(host: str, entry: str) -> bool:
    """Whether an entry of NO_PROXY names the host: `*`, the name or a domain above it, an address or a network."""
    name, _, _ = entry.partition(":") if entry.count(":") == 1 else (entry, "", "")
    if name in {"*", host} or host.endswith(f".{name}"):
        return True
    try:
        return ip_address(host) in ip_network(name, strict=False)
    except (ValueError, TypeError):
        return False
