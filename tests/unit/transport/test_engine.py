"""How a proxy of the environment is handed on: with its name and password, which stand nowhere else."""

from base64 import b64encode

import pytest

from modelmix.transport.engine import through

PROXIES: dict[str, tuple[str, bytes, tuple[bytes, bytes] | None]] = {
    # URL: host, and who asks
    "nobody": ("http://proxy.example:8080", b"proxy.example", None),
    "a name and a password": ("http://me:pw@proxy.example:8080", b"proxy.example", (b"me", b"pw")),
    "a name alone": ("http://me@proxy.example:8080", b"proxy.example", (b"me", b"")),
    "escaped": ("http://me%40corp:p%3Aw@proxy.example:8080", b"proxy.example", (b"me@corp", b"p:w")),
    "not ASCII": ("http://m%C3%A9:pw@proxy.example:8080", b"proxy.example", ("mé".encode(), b"pw")),
    "IPv6": ("http://me:pw@[2001:db8::9]:8080", b"2001:db8::9", (b"me", b"pw")),
}


@pytest.mark.parametrize(("url", "host", "known"), PROXIES.values(), ids=PROXIES)
def test_a_proxy_is_told_who_asks(url: str, host: bytes, known: tuple[bytes, bytes] | None) -> None:
    proxy = through(url)
    assert (proxy.url.host, proxy.url.port) == (host, 8080)
    assert proxy.auth == known
    expected = [] if known is None else [(b"Proxy-Authorization", b"Basic " + b64encode(b":".join(known)))]
    assert proxy.headers == expected
