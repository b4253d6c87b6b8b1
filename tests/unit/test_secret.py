"""Keys that cannot be printed, formatted, copied, encoded or found in a traceback by accident."""

import base64
import copy
import json
import pickle
import traceback
from collections.abc import Callable
from types import MappingProxyType
from urllib.parse import quote

import msgspec
import pytest

from modelmix.aim import World
from modelmix.ask import aim_of
from modelmix.cli import render
from modelmix.client import Client
from modelmix.config import Config
from modelmix.keys import find_key
from modelmix.providers.load import built_in
from modelmix.retry import Bucket, Policy
from modelmix.secret import Secret, flaw
from modelmix.trial import Trial
from unit.making import KEY, call, target

CONFIG = Config(keys=MappingProxyType({"openai": Secret(KEY)}))

HOLDERS: dict[str, object] = {
    "secret": Secret(KEY),
    "target": target(),
    "call": call(),
    "config": CONFIG,
    "world": World(CONFIG),
    "client": Client(env={"OPENAI_API_KEY": KEY}, config=CONFIG),
    "trial": Trial(call(), Policy(), Bucket(), 0.0),
    "found": find_key(built_in("openai"), given=KEY, env={}, stored={}),
    "refused": find_key(built_in("openai"), given=f"{KEY}\n{KEY}", env={}, stored={}),
    "planned": Client(env={"OPENAI_API_KEY": KEY}, config=Config()).plan("openai:gpt-4o", "Hello."),
    "not planned": Client(env={"OPENAI_API_KEY": f"{KEY}\n{KEY}"}, config=Config()).plan("openai:gpt-4o", "Hello."),
    "moved": Client(env={"OPENAI_API_KEY": KEY}, config=Config()).plan(
        "openai:gpt-4o", "Hello.", base_url=f"https://{KEY}@api.example"
    ),
}


def _traceback(value: object) -> str:
    try:
        _fail(value)
    except LookupError as error:
        return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    return ""


def _fail(value: object) -> None:
    kept = (value,)
    raise LookupError(len(kept))


WAYS: dict[str, Callable[[object], str]] = {
    "repr": repr,
    "str": str,
    "format": "{}".format,
    "format with a repr": "{!r:>80}".format,
    "percent": lambda value: "%s" % (value,),  # noqa: UP031 - the old way must not leak either
    "in a list": lambda value: str([value]),
    "in a dict": lambda value: str({"key": value}),
    "in a traceback with locals": _traceback,
    "as JSON by repr": lambda value: msgspec.json.encode([value], enc_hook=repr).decode(),
}


def spellings(key: str) -> tuple[str, ...]:
    """A key as it is, and as it may hide: base64, percent-encoded, JSON."""
    return (key, base64.b64encode(key.encode()).decode(), quote(key, safe=""), json.dumps(key)[1:-1])


@pytest.mark.parametrize("show", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("holder", HOLDERS.values(), ids=HOLDERS)
def test_no_way_of_showing_shows_the_key(holder: object, show: Callable[[object], str]) -> None:
    shown = show(holder)
    assert shown
    assert [spelling for spelling in spellings(KEY) if spelling in shown] == []


TAKEN: dict[str, Callable[[object], object]] = {
    "pickled": pickle.dumps,
    "copied": copy.copy,
    "copied deeply": copy.deepcopy,
    "encoded as JSON": msgspec.json.encode,
    "encoded as MessagePack": msgspec.msgpack.encode,
    "taken apart": msgspec.to_builtins,
}


@pytest.mark.parametrize("take", TAKEN.values(), ids=TAKEN)
def test_a_secret_is_never(take: Callable[[object], object]) -> None:
    with pytest.raises(TypeError) as raised:
        take(Secret(KEY))
    assert KEY not in str(raised.value)


@pytest.mark.parametrize("take", [pickle.dumps, copy.deepcopy, msgspec.json.encode], ids=lambda take: take.__name__)
@pytest.mark.parametrize("name", ["target", "call", "config"])
def test_what_holds_a_secret_does_not_give_it_away(name: str, take: Callable[[object], object]) -> None:
    with pytest.raises(TypeError) as raised:
        take(HOLDERS[name])
    assert KEY not in str(raised.value)


def test_only_reveal_gives_it_away() -> None:
    assert Secret(KEY).reveal() == KEY
    assert not hasattr(Secret(KEY), "__dict__")


SHOWN = {
    "a long key shows its last four characters": (KEY, "Secret(…ghij)"),
    "a short key shows nothing": ("sk-short", "Secret(…***)"),
}


@pytest.mark.parametrize(("key", "shown"), SHOWN.values(), ids=SHOWN)
def test_what_is_shown_instead(key: str, shown: str) -> None:
    assert repr(Secret(key)) == shown


def test_secrets_compare_by_value() -> None:
    assert Secret(KEY) == Secret(KEY)
    assert hash(Secret(KEY)) == hash(Secret(KEY))
    assert Secret(KEY) != Secret(f"{KEY}x")
    assert Secret(KEY) != KEY


FLAWS = {
    "sk-proj-AZaz09_-.~!": None,
    "": "it is empty",
    "a b": "it holds characters other than visible ASCII",
    "a\n": "it holds characters other than visible ASCII",
    "a\x7f": "it holds characters other than visible ASCII",
    "clé": "it holds characters other than visible ASCII",
    "١٢٣": "it holds characters other than visible ASCII",
}


@pytest.mark.parametrize(("key", "expected"), FLAWS.items(), ids=[ascii(key) for key in FLAWS])
def test_keys_are_visible_ascii(key: str, expected: str | None) -> None:
    assert flaw(key) == expected


def test_a_call_is_shown_with_its_key_hidden() -> None:
    made = call()
    assert ("authorization", "Bearer ***") in made.shown_headers
    assert "authorization" not in dict(made.headers)
    shown = render.request(made)
    assert "authorization: Bearer ***" in shown
    assert KEY not in shown


def test_what_a_caller_wishes_is_not_shown_with_its_key() -> None:
    assert KEY not in repr(aim_of(api_key=KEY))
