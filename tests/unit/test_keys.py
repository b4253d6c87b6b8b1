"""Where a call gets its key from, and where no key goes."""

from collections.abc import Mapping
from typing import Final

import pytest

from modelmix.errors import BadKey, MissingKey
from modelmix.keys import find_key
from modelmix.providers.load import built_in
from modelmix.secret import Secret
from unit.making import KEY

GOOGLE: Final = built_in("google")
LMSTUDIO: Final = built_in("lmstudio")
STORED: Final = {"google": Secret("stored-key-0123456789")}

SOURCES: dict[str, tuple[str | None, dict[str, str], dict[str, Secret], str]] = {
    "the one given wins": ("given-key", {"GOOGLE_API_KEY": "env-key"}, STORED, "given-key"),
    "then the environment": (None, {"GOOGLE_API_KEY": "env-key"}, STORED, "env-key"),
    "then the user's settings": (None, {}, STORED, "stored-key-0123456789"),
    "the first variable wins": (None, {"GEMINI_API_KEY": "third", "GOOGLE_API_KEY": "first"}, {}, "first"),
    "any variable does": (None, {"GEMINI_API_KEY": "third"}, {}, "third"),
    "an empty variable is none": (None, {"GOOGLE_API_KEY": "", "GEMINI_API_KEY": "third"}, {}, "third"),
    "a line end is taken off": ("given-key\r\n", {}, {}, "given-key"),
    "blanks around are taken off": (None, {"GOOGLE_API_KEY": "  env-key "}, {}, "env-key"),
}


@pytest.mark.parametrize(("given", "env", "stored", "expected"), SOURCES.values(), ids=SOURCES)
def test_the_nearest_key_is_found(
    given: str | None, env: Mapping[str, str], stored: Mapping[str, Secret], expected: str
) -> None:
    assert find_key(GOOGLE, given=given, env=env, stored=stored).unwrap() == Secret(expected)


def test_no_key_names_every_variable() -> None:
    expected = MissingKey(provider="google", env=("GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY", "GEMINI_API_KEY"))
    assert find_key(GOOGLE, env={"OPENAI_API_KEY": KEY}, stored={"openai": Secret(KEY)}).failure() == expected


OPTIONAL: dict[str, tuple[dict[str, str], Secret | None]] = {
    "none is needed": ({}, None),
    "one is taken where it is set": ({"LMSTUDIO_API_KEY": "lm-key"}, Secret("lm-key")),
}


@pytest.mark.parametrize(("env", "expected"), OPTIONAL.values(), ids=OPTIONAL)
def test_servers_of_ones_own_may_do_without(env: Mapping[str, str], expected: Secret | None) -> None:
    assert find_key(LMSTUDIO, env=env, stored={}).unwrap() == expected


ELSEWHERE: dict[str, tuple[str | None, Secret | None]] = {
    "no stored key goes": (None, None),
    "a given key goes": ("given-key", Secret("given-key")),
}


@pytest.mark.parametrize(("given", "expected"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_another_host_gets_only_what_is_given(given: str | None, expected: Secret | None) -> None:
    env = {"GOOGLE_API_KEY": "env-key"}
    assert find_key(GOOGLE, given=given, env=env, stored=STORED, own_host=False).unwrap() == expected


BAD = {
    "it is empty": ("", "the given key"),
    "it is blank": (" \n", "the given key"),
    "a line end inside": (f"{KEY}\r\nx-injected: 1", "the given key"),
    "not ASCII": (f"{KEY}é", "the given key"),
    "a blank inside": (f"{KEY} {KEY}", "the given key"),
    "a nul": (f"{KEY}\x00", "the given key"),
    "an escape": (f"\x1b{KEY}", "the given key"),
    "a delete": (f"{KEY}\x7fx", "the given key"),
}


@pytest.mark.parametrize(("given", "source"), BAD.values(), ids=BAD)
def test_what_cannot_travel_in_a_header_is_refused_untold(given: str, source: str) -> None:
    error = find_key(GOOGLE, given=given, env={}, stored={}).failure()
    assert isinstance(error, BadKey)
    assert (error.provider, error.source) == ("google", source)
    assert KEY not in repr(error)


def test_a_bad_key_is_told_by_its_variable() -> None:
    error = find_key(GOOGLE, env={"GEMINI_API_KEY": f"{KEY}\nx"}, stored={}).failure()
    assert isinstance(error, BadKey)
    assert error.source == "GEMINI_API_KEY"
    assert KEY not in repr(error)


def test_a_bad_stored_key_is_told_by_its_file() -> None:
    error = find_key(GOOGLE, env={}, stored={"google": Secret("é")}).failure()
    assert isinstance(error, BadKey)
    assert error.source == "the config file"
