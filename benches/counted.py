"""Decodes the streams in a file again and again, and does nothing else: what `benches.instructions` counts.

`python -m benches.counted CONTENDER FILE ROUNDS`; it imports no more than it needs, since valgrind is slow.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec

from benches.ours import to_answer, to_events
from benches.splits import Read, by_msgspec

_CONTENDERS: Final[Mapping[str, Read]] = MappingProxyType(
    {"events": to_events, "answer": to_answer, "msgspec": by_msgspec}
)


def _main(contender: str, file: str, rounds: str) -> None:
    read = _CONTENDERS[contender]
    streams = msgspec.msgpack.decode(Path(file).read_bytes(), type=list[tuple[bytes, ...]])
    for _ in range(int(rounds)):
        for chunks in streams:
            for _ in read(chunks):
                pass


if __name__ == "__main__":
    _main(*sys.argv[1:])
