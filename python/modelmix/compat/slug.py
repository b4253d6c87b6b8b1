"""A model id as one component of a path: readable, the same everywhere, and never that of another id."""

import hashlib
import re
from typing import Final

_KEPT: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_.")
_RESERVED: Final = re.compile(r"(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")
"""Names that Windows keeps for devices, whatever stands after their first dot."""
_LONGEST: Final = 120
_DIGEST: Final = 32


def slug(name: str, *, dots: bool = True) -> str:
    """The component: ASCII, 120 bytes at most, unlike any other's even where files know no capitals.

    Letters that are not kept become `%XX`, each byte of UTF-8 by itself; a capital becomes `%` and its code as well,
    since two names that differ in capitals alone would be one file on some systems. A longer name ends in the digest
    of the whole. Without `dots`, those in the name are escaped as well, so that an ending may follow.

    >>> slug("meta-llama/llama-3.3-70b:free")
    'meta-llama%2fllama-3.3-70b%3afree'
    """
    kept = _KEPT if dots else _KEPT - {"."}
    pieces = [letter if letter in kept else _escaped(letter) for letter in name]
    if name.startswith(".") or _RESERVED.fullmatch(name):
        pieces[0] = _escaped(name[0])
    if name.endswith("."):
        pieces[-1] = _escaped(name[-1])
    whole = "".join(pieces)
    if len(whole) <= _LONGEST:
        return whole
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]
    # `~` stands in no short component, so that none can be taken for a long one.
    return f"{whole[: _LONGEST - _DIGEST - 1]}~{digest}"


def _escaped(letter: str) -> str:
    return "".join([f"%{byte:02x}" for byte in letter.encode()])
