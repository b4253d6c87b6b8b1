"""Providers by their names: whose come first, which have aliases, and what is like a name that is nobody's."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import msgspec
import pytest

from modelmix.catalog.catalog import Catalog
from modelmix.catalog.endpoint import Endpoint
from modelmix.errors import UnknownProvider
from modelmix.outcome import Outcome
from modelmix.providers.known import Known, find
from modelmix.providers.load import built_in
from modelmix.providers.provider import Provider

NONE: Final[Mapping[str, Provider]] = MappingProxyType({})


def look(name: str, own: Mapping[str, Provider] = NONE) -> Outcome[Known]:
    return find(name, own, Catalog())


ALIASES = {"grok": "xai", "together": "togetherai", "gemini": "google"}


@pytest.mark.parametrize(("alias", "name"), ALIASES.items(), ids=ALIASES)
def test_an_alias_is_the_provider(alias: str, name: str) -> None:
    assert look(alias).unwrap() is built_in(name)


UNKNOWN = {
    "a slip of the finger": ("opnai", ("openai",)),
    "a part of an alias": ("gemni", ("gemini",)),
    "nothing like any": ("zzzzzz", ()),
    "a path": ("../openai", ("openai",)),
    "a path to somewhere": ("/etc/passwd", ()),
    "a file's name": ("openai.toml", ("openai",)),
    "capitals": ("OpenAI", ()),
    "a pattern": ("*", ()),
    "nothing": ("", ()),
    "a nul": ("openai\x00", ("openai",)),
}


@pytest.mark.parametrize(("name", "near"), UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_provider_is_told_with_names_like_it(name: str, near: tuple[str, ...]) -> None:
    error = look(name).failure()
    assert isinstance(error, UnknownProvider)
    assert error.name == name
    assert set(near) <= set(error.near)
    assert len(error.near) <= 3


OWN: Final = Provider(
    id="own", name="Own", dialect="openai-chat", base_url="https://a.example", aliases=("mine", "grok")
)
FOUND = {"its name": ("own", "own"), "its alias": ("mine", "own"), "an alias that it takes over": ("grok", "own")}


@pytest.mark.parametrize(("name", "provider"), FOUND.values(), ids=FOUND)
def test_ones_own_providers_come_first(name: str, provider: str) -> None:
    assert look(name, {"own": OWN}).unwrap().id == provider


def test_an_alias_never_takes_the_name_of_a_built_in_provider() -> None:
    greedy = msgspec.structs.replace(OWN, aliases=("openai",))
    assert look("openai", {"own": greedy}).unwrap() is built_in("openai")


def test_ones_own_providers_are_among_the_near_ones() -> None:
    error = look("owm", {"own": OWN}).failure()
    assert isinstance(error, UnknownProvider)
    assert "own" in error.near


LISTED = {
    # a name: whether it is of the catalogue alone
    "deepinfra": True,
    "zai": True,
    "wafer.ai": True,
    "openai": False,
    "minimax": False,
    "lmstudio": False,
}


@pytest.mark.parametrize(("name", "listed"), LISTED.items(), ids=LISTED)
def test_a_file_comes_before_the_catalogue(name: str, *, listed: bool) -> None:
    known = look(name).unwrap()
    assert known.id == name
    assert isinstance(known, Endpoint) == listed


def test_settings_come_before_the_catalogue() -> None:
    mine = msgspec.structs.replace(OWN, id="zai")
    assert look("zai", {"zai": mine}).unwrap() is mine


def test_the_catalogue_comes_before_aliases() -> None:
    greedy = msgspec.structs.replace(OWN, aliases=("zai",))
    assert isinstance(look("zai", {"own": greedy}).unwrap(), Endpoint)


def test_names_of_the_catalogue_are_among_the_near_ones() -> None:
    error = look("deepinfr").failure()
    assert isinstance(error, UnknownProvider)
    assert error.near[0] == "deepinfra"
