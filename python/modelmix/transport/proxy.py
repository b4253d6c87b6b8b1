"""Which proxy a host is reached through, as the environment says."""

from collections.abc import Mapping
from importlib.util import find_spec
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from returns.result import Failure, Success

from modelmix.endpoint import is_loopback
from modelmix.errors import BadConfig
from modelmix.outcome import Outcome
from modelmix.secret import flaw


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
    if not known or flaw(url) is not None:
        return Failure(BadConfig(where=variable, detail="no proxy URL such as http://proxy.example:8080"))
    if url.lower().startswith("socks") and find_spec("socksio") is None:
        return Failure(
            BadConfig(where=variable, detail="a SOCKS proxy, which needs one more package: run `pip install socksio`")
        )
    return Success(url)


def _is_excepted(host: str, exceptions: str) -> bool:
    return any(_matches(host.lower(), _name(entry)) for entry in exceptions.lower().split(",") if entry.strip())


def _name(entry: str) -> str:
    """The host that an entry names, without a port and without the brackets of an IPv6 address."""
    plain = entry.strip().lstrip(".")
    if plain.startswith("["):
        return plain[1:].partition("]")[0]
    return plain.partition(":")[0] if plain.count(":") == 1 else plain


def _matches(host: str, name: str) -> bool:
    """Whether a name in NO_PROXY means the host: `*`, the name or a domain above it, an address or a network."""
    if name in {"*", host} or host.endswith(f".{name}"):
        return True
    try:
        return ip_address(host) in ip_network(name, strict=False)
    except (ValueError, TypeError):
        return False
