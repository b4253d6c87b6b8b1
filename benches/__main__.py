"""Runs the measurements and prints the table: `python -m benches [--quick] [--only P1 P7 …]`."""

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from benches.counting import counting
from benches.decoding import bulk, decoding
from benches.dialects import dialects
from benches.encoding import encoding
from benches.first_token import first_token
from benches.instructions import instructions
from benches.measure import Effort
from benches.report import Row, table
from benches.setup import Setup
from benches.starting import starting
from benches.streams import own, recorded

_SECTIONS: Final[Mapping[str, Callable[[Setup], list[Row]]]] = MappingProxyType(
    {
        "P1": decoding,
        "P1d": dialects,
        "P2": bulk,
        "P6": starting,
        "P7": encoding,
        "P9": counting,
        "P10": first_token,
        "P11": instructions,
    }
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benches", description="What modelmix costs, beside peers.")
    parser.add_argument("--quick", action="store_true", help="a short run: figures are rough")
    parser.add_argument("--own", action="store_true", help="streams of our own making, even where recordings are")
    parser.add_argument("--only", nargs="+", choices=[*_SECTIONS], default=[*_SECTIONS], metavar="TOPIC")
    said = parser.parse_args()
    samples = own() if said.own else recorded() or own()
    effort = Effort(rounds=3, slot=0.02) if said.quick else Effort(rounds=9, slot=0.2)
    with tempfile.TemporaryDirectory() as folder:
        setup = Setup(
            quick=said.quick,
            effort=effort,
            samples=samples.thinned(5) if said.quick else samples,
            folder=Path(folder),
        )
        rows: list[Row] = []
        for name in said.only:
            print(f"{name} …", file=sys.stderr, flush=True)
            rows += _SECTIONS[name](setup)
    chosen = setup.samples
    print(f"{len(chosen.streams)} {chosen.origin} streams, {chosen.events:,} events, {chosen.size:,} bytes")
    print(f"medians of {effort.rounds} interleaved rounds; ratios are taken round by round\n")
    print(table(rows))


if __name__ == "__main__":
    main()
