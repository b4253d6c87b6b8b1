"""Rates that differ without any other reason: both values, and the date that models.dev gives its own."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

FILE: Final = Path(__file__).with_name("known.tsv")


class Known(NamedTuple):
    """One of them, in the words of the file."""

    provider: str
    model: str
    rate: str
    ours: str
    theirs: str
    updated: str


def read() -> frozenset[Known]:
    """All of them."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return frozenset(Known(**row) for row in csv.DictReader(file, delimiter="\t"))


def write(rows: Iterable[Known]) -> None:
    """Puts others in their place."""
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(Known._fields)
        writer.writerows(sorted(set(rows)))
