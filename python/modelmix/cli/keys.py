"""`mm keys`: keep API keys; no command shows one."""

import getpass
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cyclopts import App
from returns.result import Failure, Success

from modelmix.aim import World, world
from modelmix.catalog.catalog import Catalog
from modelmix.cli.failing import fail
from modelmix.cli.terminal import Screen
from modelmix.config import Config, load
from modelmix.errors import BadKey, BadRequest
from modelmix.keys import STORED, key_place
from modelmix.keystore import put, stored
from modelmix.outcome import Outcome, collect, mapped
from modelmix.paths import config_file
from modelmix.providers.known import Known, find
from modelmix.providers.load import built_in, is_built_in, names
from modelmix.providers.variables import key_variables
from modelmix.secret import flaw

app: Final = App(name="keys", help="Keep API keys in the user's settings.")


def _world() -> World:
    """Whom the user knows. Settings that cannot be used are no reason to keep no key."""
    return world(load(Path.cwd(), os.environ).value_or(Config()), os.environ)


def _found(provider: str) -> Outcome[Known]:
    known = _world()
    return find(provider, known.config.providers, known.catalog)


def _listed(catalog: Catalog) -> Mapping[str, tuple[str, ...]]:
    """The variables that hold the keys of the catalogue's providers. One that cannot be read is told elsewhere."""
    found = mapped(catalog.providers(), lambda ids: [catalog.endpoint(name) for name in ids if not is_built_in(name)])
    endpoints = collect(found.unwrap()).value_or(()) if isinstance(found, Success) else ()
    return {known.id: key_variables(known) for known in endpoints if known is not None}


@app.command(name="set")
def set_(provider: str, /) -> int:
    """Store the key for a provider, asked for without showing it, or read from standard input.

    Parameters
    ----------
    provider
        The provider, such as anthropic.
    """
    screen = Screen()
    found = _found(provider)
    if isinstance(found, Failure):
        return fail(found.failure(), screen)
    name = found.unwrap().id
    key = (getpass.getpass(f"API key for {name}: ") if sys.stdin.isatty() else sys.stdin.readline()).strip()
    why = flaw(key)
    if why is not None:
        return fail(BadKey(provider=name, source="standard input", why=why), screen)
    written = put(config_file(os.environ), name, key)
    if isinstance(written, Failure):
        return fail(written.failure(), screen)
    screen.note(f"Stored the key for {name} in {config_file(os.environ)}\n")
    return 0


@app.command(name="list")
def list_() -> int:
    """List the providers that have a key, and where it comes from."""
    screen = Screen()
    kept = stored(config_file(os.environ))
    if isinstance(kept, Failure):
        return fail(kept.failure(), screen)
    around = _world()
    known: dict[str, tuple[str, ...]] = dict(_listed(around.catalog))
    known |= {name: built_in(name).auth.env for name in names()}
    known |= {name: provider.auth.env for name, provider in around.config.providers.items()}
    for name in sorted({*known, *kept.unwrap()}):
        place = key_place(name, known.get(name, ()), os.environ, kept.unwrap())
        if place is not None:
            screen.answer(f"{name}\t{'config file' if place == STORED else f'variable {place}'}\n")
    return 0


@app.command
def rm(provider: str, /) -> int:
    """Forget the stored key of a provider.

    Parameters
    ----------
    provider
        The provider, such as anthropic.
    """
    screen = Screen()
    kept = stored(config_file(os.environ))
    # A key may be kept for a provider that is no longer known.
    found = _found(provider)
    name = found.unwrap().id if isinstance(found, Success) else provider
    if isinstance(kept, Success) and name not in kept.unwrap():
        expected = "a provider with a stored key; see mm keys list"
        return fail(BadRequest(field="provider", value=provider, expected=expected), screen)
    removed = put(config_file(os.environ), name, None)
    if isinstance(removed, Failure):
        return fail(removed.failure(), screen)
    screen.note(f"Forgot the key for {name}\n")
    return 0
