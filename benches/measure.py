"""Interleaved measurements: A B C A B C …, so that a noisy machine is noisy for everyone."""

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median
from typing import Self, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Series:
    """One figure, measured once a round."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def low(self) -> float:
        return min(self.values)

    @property
    def high(self) -> float:
        return max(self.values)

    def over(self, other: "Series") -> Self:
        """How many times the other figure this one is, round by round: what a round suffers, both suffer."""
        return type(self)(tuple(mine / theirs for mine, theirs in zip(self.values, other.values, strict=True)))

    def less(self, other: "Series") -> Self:
        """What this figure adds to the other, round by round."""
        return type(self)(tuple(mine - theirs for mine, theirs in zip(self.values, other.values, strict=True)))

    def scaled(self, factor: float) -> Self:
        """The figure in another unit."""
        return type(self)(tuple(value * factor for value in self.values))


@dataclass(frozen=True)
class Effort:
    """How long to measure: rounds, and the least seconds that each contender is given in one."""

    rounds: int
    slot: float

    def fewer(self, most: int) -> "Effort":
        """The same with no more than so many rounds, for what takes long."""
        return Effort(min(self.rounds, most), self.slot)


def interleave(runs: Mapping[str, Callable[[T], object]], pieces: Sequence[T], effort: Effort) -> dict[str, Series]:
    """The CPU seconds of this process that each contender takes for all pieces together.

    They take turns piece by piece, so that a machine that is slow for a second is slow for all of them. A contender
    that is fast does each piece several times.
    """
    share = effort.slot / len(pieces)
    repeats = {name: [ceil(share / _timed(run, piece, 1)) for piece in pieces] for name, run in runs.items()}
    taken: dict[str, list[float]] = {name: [0.0] * effort.rounds for name in runs}
    for number in range(effort.rounds):
        for at, piece in enumerate(pieces):
            for name, run in runs.items():
                taken[name][number] += _timed(run, piece, repeats[name][at])
    return {name: Series(tuple(values)) for name, values in taken.items()}


def _timed(run: Callable[[T], object], piece: T, repeats: int) -> float:
    gc.collect()
    start = time.process_time()
    for _ in range(repeats):
        run(piece)
    return max((time.process_time() - start) / repeats, 1e-9)


def gather(samples: Mapping[str, Callable[[], float]], rounds: int) -> dict[str, Series]:
    """As `interleave`, for contenders that measure themselves. The first round only warms up."""
    taken: dict[str, list[float]] = {name: [] for name in samples}
    for _ in range(rounds + 1):
        for name, sample in samples.items():
            taken[name].append(sample())
    return {name: Series(tuple(values[1:])) for name, values in taken.items()}
