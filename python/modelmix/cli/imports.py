"""What `module:name` means on the command line: something of the user's own, in the working directory or installed."""

import importlib
import sys
from pathlib import Path

from returns.result import Failure, Success

from modelmix.errors import BadRequest
from modelmix.outcome import Outcome


def imported(place: str, field: str, kind: str) -> Outcome[object]:
    """The thing at a place; `field` and `kind` say in an error which option wants what."""
    module, _, name = place.partition(":")
    sys.path.insert(0, str(Path.cwd()))
    try:
        return Success(getattr(importlib.import_module(module), name))
    except Exception as cause:  # noqa: BLE001 - a module of the user's may raise anything
        return Failure(BadRequest(field=field, value=place, expected=f"module:{kind} that can be imported ({cause})"))
    finally:
        sys.path.pop(0)
