"""Which proxy a host is reached through: the variables, their exceptions, and values that are none."""

import importlib.util

import pytest
from hypothesis import given, strategies as st
from returns.result import Success

from modelmix.errors import BadConfig
from modelmix.transport.proxy import proxy_for

P = "http://proxy.example:8080"
Q = "http://other.example:3128"

CHOSEN: dict[str, tuple[str, dict[str, str], str | None]] = {
    # scheme, environment: the proxy for api.example
    "nothing set": ("https", {}, None),
    "for https": ("https", {"HTTPS_PROXY": P}, P),
    "for http": ("http", {"HTTP_PROXY": P}, P),
    "for all": ("https", {"ALL_PROXY": P}, P),
    "its own before that for all": ("https", {"HTTPS_PROXY": P, "ALL_PROXY": Q}, P),
    "that of http is not for https": ("https", {"HTTP_PROXY": P}, None),
    "that of https is not for http": ("http", {"HTTPS_PROXY": P}, None),
    "in lower case": ("https", {"https_proxy": P}, P),
    "lower case first": ("https", {"HTTPS_PROXY": P, "https_proxy": Q}, Q),
    "an empty one is none": ("https", {"https_proxy": "", "HTTPS_PROXY": P}, P),
    "empty ones are none": ("https", {"HTTPS_PROXY": "", "ALL_PROXY": ""}, None),
    "without a scheme": ("https", {"HTTPS_PROXY": "proxy.example:8080"}, P),
    "with a name and password": (
        "https",
        {"HTTPS_PROXY": "http://me:pw@proxy.example:8080"},
        "http://me:pw@proxy.example:8080",
    ),
    "over https": ("https", {"HTTPS_PROXY": "https://proxy.example"}, "https://proxy.example"),
    "an IPv6 address": ("https", {"HTTPS_PROXY": "http://[2001:db8::9]:8080"}, "http://[2001:db8::9]:8080"),
}


@pytest.mark.parametrize(("scheme", "env", "expected"), CHOSEN.values(), ids=CHOSEN)
def test_the_environment_names_the_proxy(scheme: str, env: dict[str, str], expected: str | None) -> None:
    assert proxy_for(scheme, "api.example", env) == Success(expected)


DIRECT = {
    # NO_PROXY, host: whether the connection is direct
    "another host": ("other.example", "api.example", False),
    "the host": ("api.example", "api.example", True),
    "among others": ("a.example, api.example ,b.example", "api.example", True),
    "a domain above": ("example", "api.example", True),
    "a domain above with a dot": (".example", "api.example", True),
    "a domain above is the host": (".api.example", "api.example", True),
    "a part of a name": ("i.example", "api.example", False),
    "a longer name": ("www.api.example", "api.example", False),
    "everything": ("*", "api.example", True),
    "everything among others": ("a.example,*", "api.example", True),
    "capitals in the list": ("API.Example", "api.example", True),
    "capitals in the host": ("api.example", "API.example", True),
    "a port": ("api.example:443", "api.example", True),
    "a domain with a port": (".example:443", "api.example", True),
    "an address": ("10.1.2.3", "10.1.2.3", True),
    "another address": ("10.1.2.3", "10.1.2.4", False),
    "an address with a port": ("10.1.2.3:8080", "10.1.2.3", True),
    "a network": ("10.0.0.0/8", "10.1.2.3", True),
    "a network written loosely": ("10.1.2.3/8", "10.9.9.9", True),
    "another network": ("192.168.0.0/16", "10.1.2.3", False),
    "a network is no name": ("10.0.0.0/8", "api.example", False),
    "an IPv6 address": ("2001:db8::1", "2001:db8::1", True),
    "an IPv6 address in brackets": ("[2001:db8::1]", "2001:db8::1", True),
    "an IPv6 address in brackets with a port": ("[2001:db8::1]:443", "2001:db8::1", True),
    "an IPv6 address written otherwise": ("2001:DB8:0::1", "2001:db8::1", True),
    "an IPv6 network": ("2001:db8::/32", "2001:db8::1", True),
    "another IPv6 network": ("2001:db9::/32", "2001:db8::1", False),
    "an IPv6 network is none of IPv4": ("::/0", "10.1.2.3", False),
    "an open bracket": ("[::1", "api.example", False),
    "commas alone": (",, ,", "api.example", False),
    "a dot alone": (".", "api.example", False),
    "nonsense": ("10.0.0.0/99,://,[],%", "api.example", False),
}


@pytest.mark.parametrize(("exceptions", "host", "direct"), DIRECT.values(), ids=DIRECT)
def test_exceptions_are_reached_directly(exceptions: str, host: str, *, direct: bool) -> None:
    expected = Success(None if direct else P)
    assert proxy_for("https", host, {"HTTPS_PROXY": P, "NO_PROXY": exceptions}) == expected
    assert proxy_for("https", host, {"ALL_PROXY": P, "no_proxy": exceptions}) == expected


LOOPBACK = ("localhost", "127.0.0.1", "127.8.8.8", "::1")


@pytest.mark.parametrize("host", LOOPBACK)
def test_this_machine_is_always_reached_directly(host: str) -> None:
    assert proxy_for("http", host, {"HTTP_PROXY": P, "ALL_PROXY": P}) == Success(None)


def test_this_machine_is_reached_past_a_bad_value() -> None:
    assert proxy_for("http", "127.0.0.1", {"HTTP_PROXY": "::::", "NO_PROXY": "[::1"}) == Success(None)


BAD = {
    "another scheme": "ftp://proxy.example",
    "no host": "http://",
    "a port that is none": "http://proxy.example:port",
    "a port that is too high": "http://proxy.example:99999",
    "an open bracket": "http://[::1",
    "port 0": "http://proxy.example:0",
    "colons": "::::",
    "a blank": " ",
    "a blank inside": "http://proxy .example",
    "a line end": "http://proxy.example:8080\n",
    "not ASCII": "http://próxy.example:8080",
}


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("value", BAD.values(), ids=BAD)
def test_a_value_that_is_none_is_told_by_its_variable(value: str, variable: str) -> None:
    error = proxy_for("https", "api.example", {variable: value}).failure()
    assert isinstance(error, BadConfig)
    assert error.where == variable


def test_a_bad_value_is_told_without_its_password() -> None:
    error = proxy_for("https", "api.example", {"HTTPS_PROXY": "http://me:hunter2@proxy.example:port"}).failure()
    assert "hunter2" not in repr(error)


SOCKS = ("socks5://127.0.0.1:1080", "socks5h://proxy.example:1080", "SOCKS5://proxy.example:1080")


@pytest.mark.skipif(importlib.util.find_spec("socksio") is not None, reason="socksio is installed")
@pytest.mark.parametrize("value", SOCKS)
def test_a_socks_proxy_without_its_package_is_told(value: str) -> None:
    error = proxy_for("https", "api.example", {"ALL_PROXY": value}).failure()
    assert isinstance(error, BadConfig)
    assert error.where == "ALL_PROXY"
    assert "pip install socksio" in error.detail


@given(exceptions=st.text(max_size=30), host=st.sampled_from(["api.example", "10.1.2.3", "2001:db8::1", ""]))
def test_any_list_of_exceptions_is_read(exceptions: str, host: str) -> None:
    assert proxy_for("https", host, {"HTTPS_PROXY": P, "NO_PROXY": exceptions}).value_or("no") in {None, P}


@given(value=st.text(max_size=30))
def test_any_value_is_a_proxy_or_told(value: str) -> None:
    outcome = proxy_for("https", "api.example", {"HTTPS_PROXY": value})
    assert isinstance(outcome, Success) or isinstance(outcome.failure(), BadConfig)
