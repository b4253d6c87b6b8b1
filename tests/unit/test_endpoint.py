"""Base URLs: which may be sent a request and a key, and what is told of the others."""

import json
from pathlib import Path

import pytest
from returns.result import Success

from modelmix.endpoint import check, host_of, is_loopback
from modelmix.errors import BadConfig

TABLE = {
    # URL: what requests go to, or None
    "https://api.openai.com/v1": "https://api.openai.com/v1",
    "https://api.openai.com/v1/": "https://api.openai.com/v1",
    "https://api.openai.com//": "https://api.openai.com",
    "https://proxy.example:8443/x": "https://proxy.example:8443/x",
    "HTTPS://API.EXAMPLE/v1": "HTTPS://API.EXAMPLE/v1",
    "http://127.0.0.1:8080/v1": "http://127.0.0.1:8080/v1",
    "http://127.9.9.9": "http://127.9.9.9",
    "http://localhost:11434": "http://localhost:11434",
    "http://LOCALHOST:11434": "http://LOCALHOST:11434",
    "http://[::1]:1234/v1": "http://[::1]:1234/v1",
    "http://127.0.0.1.evil.example/v1": None,
    "http://localhost.evil.example/v1": None,
    "http://0.0.0.0:8080": None,
    "http://127.1/": None,
    "http://2130706433/": None,
    "http://[fe80::1]/v1": None,
    "http://192.168.1.2:1234/v1": None,
    "https://host:99999/v1": None,
    "https://host:port/v1": None,
    "https://[::1/v1": None,
    "https:///v1": None,
    "https://:443/v1": None,
    "https://api.example./v1": "https://api.example./v1",
    "https://api..example/v1": None,
    "https://.example/v1": None,
    f"https://{'a' * 64}.example/v1": None,
    "//api.openai.com/v1": None,
    "": None,
    "https://@api.example/v1": None,
    "https://key@api.example/v1": None,
    "https://api.example/v1?": None,
    "https://api.example/v1#": None,
    "https://api.example/v 1": None,
    "https://api.example\t/v1": None,
    "https://api.example/\x7f": None,
    "javascript:alert(1)": None,
    "data:text/plain,x": None,
}


@pytest.mark.parametrize(("url", "checked"), TABLE.items(), ids=[ascii(url) for url in TABLE])
def test_requests_go_to_https_and_to_this_machine_only(url: str, checked: str | None) -> None:
    outcome = check(url)
    assert outcome.value_or(None) == checked
    assert isinstance(outcome, Success) or isinstance(outcome.failure(), BadConfig)


def test_the_hostile_urls_are_told_apart(shared: Path) -> None:
    rows = json.loads((shared / "vectors" / "hostile-inputs.json").read_text(encoding="utf-8"))["base_urls"]
    assert len(rows) >= 17
    verdicts = {row["base_url"]: isinstance(check(row["base_url"]), Success) for row in rows}
    assert verdicts == {row["base_url"]: row["accept"] for row in rows}


def test_plain_http_elsewhere_needs_leave() -> None:
    assert check("http://gpu.lan:8000/v1", allow_insecure=True).unwrap() == "http://gpu.lan:8000/v1"


SECRETIVE = {
    "a user name and password": "https://user:hunter2-hunter2@api.example/v1",
    "a user name": "https://hunter2-hunter2@api.example/v1",
    "a query": "https://api.example/v1?key=hunter2-hunter2",
    "a fragment": "https://api.example/v1#hunter2-hunter2",
    "a backslash": "https://hunter2-hunter2\\@api.example/v1",
    "another scheme": "ftp://user:hunter2-hunter2@api.example/v1",
    "no scheme": "user:hunter2-hunter2@api.example/v1",
    "a bad port": "https://user:hunter2-hunter2@api.example:port/v1",
    "an open bracket": "https://user:hunter2-hunter2@[::1/v1",
}


@pytest.mark.parametrize("url", SECRETIVE.values(), ids=SECRETIVE)
def test_what_may_be_a_key_is_not_told(url: str) -> None:
    error = check(url).failure()
    assert isinstance(error, BadConfig)
    assert "hunter2" not in error.detail


def test_control_characters_are_told_escaped() -> None:
    error = check("https://api.example/v1\r\nX: y").failure()
    assert isinstance(error, BadConfig)
    assert error.detail.isprintable()


LOOPBACK = {
    "localhost": True,
    "127.0.0.1": True,
    "127.255.0.9": True,
    "::1": True,
    "0.0.0.0": False,
    "::": False,
    "10.0.0.1": False,
    "example.com": False,
    "localhost.example.com": False,
    "": False,
}


@pytest.mark.parametrize(("host", "expected"), LOOPBACK.items(), ids=LOOPBACK)
def test_only_literal_names_are_this_machine(host: str, *, expected: bool) -> None:
    assert is_loopback(host) is expected


HOSTS = {
    "https://api.openai.com/v1": "api.openai.com",
    "http://[::1]:1234/v1": "::1",
    "https://API.example:8443": "api.example",
}


@pytest.mark.parametrize(("url", "host"), HOSTS.items(), ids=HOSTS)
def test_the_host_of_a_url(url: str, host: str) -> None:
    assert host_of(url) == host
