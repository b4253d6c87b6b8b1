"""Holds our counts to Python's `tiktoken`, and the estimates to the recordings: `python -m tokens [--fit] [--freeze]`.

Exits with 1 when a text has other tokens than the oracle gives it.
"""

import argparse
import gzip
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from time import process_time

import tiktoken
from benches.oracle import encodings

from modelmix.tokens.encoding import EncodingName, count, encode
from tokens.calibrate import errors_table, weights_table
from tokens.corpus import corpus
from tokens.frozen import freeze
from tokens.recorded import RECORDINGS, samples


def main() -> int:
    """Compares, prints, and gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tokens", description="Counts held to tiktoken and to recordings.")
    parser.add_argument("--fit", action="store_true", help="print the weights that fit the recordings best")
    parser.add_argument("--freeze", action="store_true", help="make the table of texts and tokens anew")
    said = parser.parse_args()
    if said.freeze:
        _say(f"{freeze()} texts in the table")
    with tempfile.TemporaryDirectory() as folder:
        oracle = encodings(Path(folder))
    sets = {"made": tuple(corpus()), "recorded": tuple(recorded_texts())}
    different = sum(_compared(title, texts, oracle) for title, texts in sets.items() if texts)
    known = tuple(samples())
    if known:
        _say(f"\n{weights_table(known)}\n" if said.fit else "")
        _say(errors_table(known))
    else:
        _say("recordings are not at hand: no errors of estimates")
    return int(different > 0)


def recorded_texts(folder: Path = RECORDINGS) -> Iterator[tuple[str, str]]:
    """The recordings themselves, line by line: JSON with words of many people in it."""
    for file in sorted(folder.glob("*.jsonl.gz")):
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                yield f"{file.name}:{number}", line


def _compared(title: str, texts: Sequence[tuple[str, str]], oracle: Mapping[str, tiktoken.Encoding]) -> int:
    """How many texts differ, of all encodings."""
    different = 0
    names: tuple[EncodingName, ...] = ("o200k_base", "cl100k_base")
    for name in names:
        theirs, slow = _timed(oracle[name].encode_ordinary, (text for _, text in texts))
        ours, fast = _timed(partial(encode, encoding=name), (text for _, text in texts))
        wrong = [of for (of, _), own, other in zip(texts, ours, theirs, strict=True) if own != other]
        wrong += [of for (of, text), other in zip(texts, theirs, strict=True) if count(text, name) != len(other)]
        size = sum(len(text.encode()) for _, text in texts) / 1e6
        _say(
            f"{title}, {name}: {len(texts):,} texts, {size:.1f} MB, {sum(map(len, theirs)):,} tokens, "
            f"{len(wrong)} differ; tiktoken {size / slow:.1f} MB/s, ours {size / fast:.1f} MB/s"
        )
        for of in wrong[:20]:
            _say(f"DIFFERS {name}: {of}")
        different += len(wrong)
    return different


def _timed(read: Callable[[str], list[int]], texts: Iterable[str]) -> tuple[list[list[int]], float]:
    begun = process_time()
    read_all = [read(text) for text in texts]
    return read_all, process_time() - begun


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
