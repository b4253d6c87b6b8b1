"""P11: instructions for an event, which a busy machine does not change.

`python -m benches.counted` runs under valgrind with two numbers of rounds; the difference is decoding alone.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

import msgspec

from benches.measure import Series
from benches.report import Row, at_most, shown, skipped
from benches.setup import Setup
from benches.streams import Samples, own

_COLLECTED: Final = re.compile(r"Collected : (\d+)")
_FEW: Final = 1
_MANY: Final = 3
_PATIENCE: Final = 600.0


def instructions(setup: Setup) -> list[Row]:
    """The gate is what one typed event costs; the same streams of our own are counted everywhere."""
    if shutil.which("valgrind") is None:
        return [skipped("P11", "instructions an event", "valgrind is not there")]
    made = own().thinned(3 if setup.quick else 1)
    rows = [
        at_most("P11", "instructions an event, objects, our own streams", _count(setup, "events", made), "", 8000),
        shown("P11", "  to the answer", _count(setup, "answer", made), ""),
        shown("P11", "  bytes.split + msgspec Struct", _count(setup, "msgspec", made), ""),
    ]
    if setup.samples.origin != made.origin:
        recorded = _count(setup, "events", setup.samples)
        rows.append(at_most("P11", "instructions an event, objects, recorded streams", recorded, "", 8000))
    return rows


def _count(setup: Setup, contender: str, samples: Samples) -> Series:
    file = setup.folder / "streams.msgpack"
    file.write_bytes(msgspec.msgpack.encode([stream.chunks for stream in samples.streams]))
    few, many = (_collected(contender, file, rounds) for rounds in (_FEW, _MANY))
    return Series(((many - few) / (_MANY - _FEW) / samples.events,))


def _collected(contender: str, file: Path, rounds: int) -> int:
    tool = ("valgrind", "--tool=callgrind", f"--callgrind-out-file={os.devnull}")
    command = (*tool, sys.executable, "-m", "benches.counted", contender, str(file), str(rounds))
    # Hashes decide how dicts are laid out, so they must not be random.
    env = {**os.environ, "PYTHONHASHSEED": "0"}
    ran = subprocess.run(command, env=env, check=True, capture_output=True, text=True, timeout=_PATIENCE)
    found = _COLLECTED.search(ran.stderr)
    assert found is not None, ran.stderr
    return int(found[1])
