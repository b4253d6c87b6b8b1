"""The table of texts with what `tiktoken` gives for them; `nox -s tokens -- --freeze` makes it, without modelmix."""

import tempfile
from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from tokens.corpus import PLAIN, chance, runs

TABLE: Final = Path(__file__).with_name("frozen.json")
_FEW: Final = 64
"""Of so many tokens at most the numbers are kept, else only how many there are."""


class Row(Struct, omit_defaults=True):
    """A text, how many tokens it is in each encoding, and which."""

    name: str
    text: str
    counts: Mapping[str, int]
    tokens: Mapping[str, Sequence[int]] = {}


class Table(Struct):
    """The table, and what it is."""

    origin: str
    rows: Sequence[Row]


def freeze() -> int:
    """Writes the table; how many texts are in it."""
    import tiktoken
    from benches.oracle import encodings

    with tempfile.TemporaryDirectory() as folder:
        known = encodings(Path(folder))
    rows: list[Row] = []
    for name, text in chain(PLAIN.items(), list(runs())[::3], chance(12)):
        tokens = {encoding: own.encode_ordinary(text) for encoding, own in known.items()}
        few = {encoding: numbers for encoding, numbers in tokens.items() if len(numbers) <= _FEW}
        rows.append(Row(name, text, {encoding: len(numbers) for encoding, numbers in tokens.items()}, few))
    origin = f"the oracle's own answers: tiktoken {tiktoken.__version__}, by tests/tokens/frozen.py"
    TABLE.write_bytes(b'{"origin":' + msgspec.json.encode(origin) + b',"rows":[\n')
    with TABLE.open("ab") as file:
        file.write(b",\n".join(map(msgspec.json.encode, rows)) + b"\n]}\n")
    return len(rows)


def frozen() -> Table:
    """The table as it is."""
    return msgspec.json.decode(TABLE.read_bytes(), type=Table)
