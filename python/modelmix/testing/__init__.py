"""Tests of programs that use modelmix: what their models said once is recorded, and replayed for ever.

Importing this package imports nothing else: each name is fetched when it is first used.
"""

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from modelmix.testing.mock.provider import MockProvider
    from modelmix.testing.mock.rules import Rule
    from modelmix.testing.place import FixtureError
    from modelmix.testing.recording import Record, record
    from modelmix.testing.replaying import Replay, replay

_ROOMS = {
    "FixtureError": "modelmix.testing.place",
    "MockProvider": "modelmix.testing.mock.provider",
    "Record": "modelmix.testing.recording",
    "Replay": "modelmix.testing.replaying",
    "Rule": "modelmix.testing.mock.rules",
    "record": "modelmix.testing.recording",
    "replay": "modelmix.testing.replaying",
}
"""Which module each name is in."""

__all__ = ["FixtureError", "MockProvider", "Record", "Replay", "Rule", "record", "replay"]


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(f"module 'modelmix.testing' has no attribute {name!r}")
    value: object = getattr(import_module(_ROOMS[name]), name)
    globals()[name] = value
    return value
