"""Addresses with places in them: what may be filled in, and what is told when it cannot be."""

from collections.abc import Mapping

import pytest

from modelmix.errors import BadConfig
from modelmix.providers.address import fill, places

HOST = "https://${HOST}/gateway/v1"
PART = "https://${NAME}.ai.example/v1"
PATH = "https://api.example/accounts/${ACCOUNT}/v1"
WHOLE = "${BASE}/gateway/v1"

FILLED: dict[str, tuple[str, Mapping[str, str], str]] = {
    "nothing to fill": ("https://api.example/v1", {}, "https://api.example/v1"),
    "a host": (HOST, {"HOST": "dbc-1.cloud.example"}, "https://dbc-1.cloud.example/gateway/v1"),
    "a host with a port": (HOST, {"HOST": "dbc.example:8443"}, "https://dbc.example:8443/gateway/v1"),
    "a host that is a URL": (HOST, {"HOST": "https://dbc.example/"}, "https://dbc.example/gateway/v1"),
    "with blanks around": (HOST, {"HOST": " dbc.example\n"}, "https://dbc.example/gateway/v1"),
    "a part of a host": (PART, {"NAME": "acme-7"}, "https://acme-7.ai.example/v1"),
    "a segment of the path": (PATH, {"ACCOUNT": "0a1b2c"}, "https://api.example/accounts/0a1b2c/v1"),
    "the whole": (WHOLE, {"BASE": "https://acme.example/x/"}, "https://acme.example/x/gateway/v1"),
    "this machine": (WHOLE, {"BASE": "http://127.0.0.1:8080"}, "http://127.0.0.1:8080/gateway/v1"),
    "two places": (
        "https://${NAME}.example/${ACCOUNT}",
        {"NAME": "a", "ACCOUNT": "b"},
        "https://a.example/b",
    ),
}


@pytest.mark.parametrize(("api", "env", "url"), FILLED.values(), ids=FILLED)
def test_a_place_is_filled(api: str, env: Mapping[str, str], url: str) -> None:
    assert fill(api, places(api), env, "acme").unwrap() == url


UNFIT: dict[str, tuple[str, str, str]] = {
    # address, value: what the variable cannot be
    "another path": (HOST, "evil.example/x", "the host"),
    "a user name": (HOST, "evil.example@good.example", "the host"),
    "a query": (HOST, "evil.example?", "the host"),
    "a fragment": (HOST, "evil.example#", "the host"),
    "a blank": (HOST, "evil.example x", "the host"),
    "a backslash": (HOST, "evil.example\\x", "the host"),
    "plain http": (HOST, "http://evil.example", "the host"),
    "a port that is none": (HOST, "evil.example:x", "the host"),
    "a place of its own": (HOST, "${OTHER}", "the host"),
    "a whole host for a part": (PART, "evil.example/", "a part of the host"),
    "the end of the host": (PART, "evil.example#", "a part of the host"),
    "a port within the host": (PART, "evil.example:443", "a part of the host"),
    "an escape": (PART, "evil%2f", "a part of the host"),
    "a letter like a dot": (PART, "evil。example", "a part of the host"),
    "the way up": (PATH, "..", "a part of the path"),
    "staying": (PATH, ".", "a part of the path"),
    "more of the path": (PATH, "a/b", "a part of the path"),
    "a query in the path": (PATH, "a?x=1", "a part of the path"),
    "plain http elsewhere": (WHOLE, "http://evil.example", "the https URL"),
    "a key in the URL": (WHOLE, "https://me:key@acme.example", "the https URL"),
    "no URL": (WHOLE, "acme.example", "the https URL"),
}


@pytest.mark.parametrize(("api", "value", "meaning"), UNFIT.values(), ids=UNFIT)
def test_a_value_stays_within_its_place(api: str, value: str, meaning: str) -> None:
    (name,) = places(api)
    error = fill(api, (name,), {name: value, "OTHER": "x"}, "acme").failure()
    assert error == BadConfig(
        where="the environment", detail=f"{name} cannot be {meaning} in the address of acme, `{api}`"
    )


UNSET = {"not set": {}, "empty": {"HOST": ""}, "blank": {"HOST": " "}}


@pytest.mark.parametrize("env", UNSET.values(), ids=UNSET)
def test_a_variable_that_is_not_set_is_named_with_what_it_is(env: Mapping[str, str]) -> None:
    error = fill(HOST, ("HOST",), env, "acme").failure()
    assert error == BadConfig(
        where="the environment", detail=f"HOST is not set; it is the host in the address of acme, `{HOST}`"
    )


def test_only_what_is_allowed_is_looked_at() -> None:
    api = "https://evil.example/${OPENAI_API_KEY}"
    error = fill(api, ("HOST",), {"OPENAI_API_KEY": "sk-secret"}, "acme").failure()
    assert isinstance(error, BadConfig)
    assert "OPENAI_API_KEY, which is not for addresses" in error.detail
    assert "sk-secret" not in repr(error)


def test_a_place_that_is_no_variable_is_refused() -> None:
    error = fill("https://${A-B}.example", ("A-B",), {"A-B": "x"}, "acme").failure()
    assert isinstance(error, BadConfig)
    assert "a place that is no variable" in error.detail
