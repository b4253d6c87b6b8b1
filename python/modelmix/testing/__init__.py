"""Tests of programs that use modelmix: what their models said once is recorded, and replayed for ever.

Importing this package imports nothing else: each name is fetched when it is first used.
"""

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from modelmix.testing.session import FixtureError, Record, Replay, record, replay

_NAMES = ("FixtureError", "Record", "Replay", "record", "replay")

__all__ = ["FixtureError", "Record", "Replay", "record", "replay"]


def __getattr__(name: str) -> object:
    if name not in _NAMES:
        raise AttributeError(f"module 'modelmix.testing' has no attribute {name!r}")
    value: object = getattr(import_module("modelmix.testing.session"), name)
    globals()[name] = value
    return value
