"""P9: texts as tokens, beside Python's `tiktoken`."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from benches.measure import Series, gather, interleave
from benches.oracle import encodings
from benches.report import Row, at_least, at_most, shown
from benches.setup import Setup
from modelmix import ReasoningDelta, TextDelta
from modelmix.decode import events
from modelmix.tokens.encoding import count

_PROJECT: Final = Path(__file__).parents[1]
_FIRST: Final = """
import resource, time
from modelmix.tokens.encoding import count
def held(): return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize()
before, begun = held(), time.process_time()
assert count("hello world") == 2
print(time.process_time() - begun, held() - before)
"""

_ONCE: Final = """
import sys, time
from modelmix.tokens.encoding import count
count("hello world")
text = sys.stdin.buffer.read().decode()
begun = time.process_time()
count(text)
print(time.process_time() - begun)
"""


def counting(setup: Setup) -> list[Row]:
    """Texts that are read again and again, which our tables like, and one that is read once."""
    theirs = _tiktoken()
    rows: list[Row] = []
    for name, text in _texts(setup).items():
        assert count(text) == len(theirs(text)), "both count the same"
        runs: dict[str, Callable[[str], object]] = {"ours": count, "tiktoken": theirs}
        taken = interleave(runs, (text,), setup.effort)
        size = len(text.encode()) / 1e6
        rows += [
            shown("P9", f"counting {name} ({size:.2f} MB)", _speed(taken["ours"], size), "MB/s"),
            shown("P9", "  tiktoken", _speed(taken["tiktoken"], size), "MB/s"),
            at_least("P9", "over tiktoken", taken["tiktoken"].over(taken["ours"]), "x", 4),
        ]
    return [*rows, *_once(setup, theirs), *_ends(setup), *_first(setup)]


def _speed(taken: Series, size: float) -> Series:
    return Series(tuple(size / seconds for seconds in taken.values))


def _tiktoken() -> Callable[[str], list[int]]:
    with tempfile.TemporaryDirectory() as folder:
        return encodings(Path(folder))["o200k_base"].encode_ordinary


def _texts(setup: Setup) -> Mapping[str, str]:
    """Prose and code of this project, and what models have said."""
    said = "\n".join(_answers(setup))
    files = {"prose": [*_PROJECT.glob("docs/**/*.md")], "code": [*_PROJECT.glob("python/**/*.py")]}
    read = {name: "\n".join(path.read_text("utf-8") for path in sorted(paths)) for name, paths in files.items()}
    return {**read, f"{setup.samples.origin} answers": said}


def _answers(setup: Setup) -> list[str]:
    """The text of each stream."""
    return ["".join(_words(stream.body)) for stream in setup.samples.streams]


def _words(body: bytes) -> Iterator[str]:
    for event in events([body], dialect="openai-chat"):
        if isinstance(event, TextDelta | ReasoningDelta):
            yield event.text


def _once(setup: Setup, theirs: Callable[[str], list[int]]) -> list[Row]:
    """All texts together, read once by a process that has read nothing before."""
    text = "\n".join(_texts(setup).values())
    size = len(text.encode()) / 1e6

    def ours() -> float:
        run = (sys.executable, "-c", _ONCE)
        done = subprocess.run(run, input=text.encode(), check=True, capture_output=True, timeout=120)
        return float(done.stdout)

    def tiktoken() -> float:
        begun = time.process_time()
        theirs(text)
        return time.process_time() - begun

    taken = gather({"ours": ours, "tiktoken": tiktoken}, setup.pick(quick=3, full=9))
    return [
        shown("P9", f"counting all of it once ({size:.2f} MB)", _speed(taken["ours"], size), "MB/s"),
        shown("P9", "  tiktoken", _speed(taken["tiktoken"], size), "MB/s"),
        at_least("P9", "over tiktoken", taken["tiktoken"].over(taken["ours"]), "x", 4),
    ]


def _ends(setup: Setup) -> list[Row]:
    """What counting adds to a stream that is not counted by its provider: once, at its end."""
    texts = _answers(setup)
    taken = interleave({"ours": lambda many: [count(text) for text in many]}, (texts,), setup.effort)["ours"]
    each = taken.scaled(1e6 / setup.samples.events)
    return [at_most("P9", "at the end of streams, for each of their events", each, "us", 0.5)]


def _first(setup: Setup) -> list[Row]:
    """The first count of a process, which unpacks the tables."""
    memory: list[float] = []

    def run() -> float:
        done = subprocess.run(
            [sys.executable, "-c", _FIRST], env=os.environ, check=True, capture_output=True, timeout=60
        )
        cpu, held = done.stdout.split()
        memory.append(float(held))
        return float(cpu)

    if not Path("/proc/self/statm").exists():
        return []
    cpu = gather({"first": run}, setup.pick(quick=3, full=9))["first"]
    return [
        at_most("P9", "the first count of a process, CPU", cpu.scaled(1e3), "ms", 150),
        at_most("P9", "  memory that it takes", Series(tuple(memory)).scaled(1 / (1 << 20)), "MiB", 60),
    ]
