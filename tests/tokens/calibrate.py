"""Fits the weights of each family to the recordings, and measures what the shipped ones leave: two tables.

Weights are those with the least sum of relative errors, drawn towards those of all families together as far as there is
little to go by. A third of the questions, whoever was asked them, is held out of the fit; the errors are of that third.
"""

from collections.abc import Iterable, Mapping, Sequence
from statistics import median, quantiles
from typing import Final, NamedTuple

from msgspec.structs import asdict

from modelmix.ast.content import ToolCall
from modelmix.ast.texts import texts_of
from modelmix.tokens.answer import count_answer
from modelmix.tokens.encoding import count
from modelmix.tokens.family import ANY, FAMILIES, Family, Weights, family_of
from modelmix.tokens.request import count_request, weigh
from tokens.recorded import Sample

_NAMES: Final = tuple(Weights.__struct_fields__)
_SPREAD: Final = Weights(
    text=0.3, message=3, request=40, thinking=30, exchange=10, tools=200, tool=10, spec=0.4, schema=0.4, answer=3
)
"""How far a family may be from all others before it has to be shown."""

_SMALL: Final = 20
"""An error of one token in fewer than this counts as one in this many."""

_ROUNDS: Final = 60

_FIXED: Final = 1e-4
"""A spread that leaves a weight where it is."""

_TOOLS: Final = frozenset({"exchange", "tools", "tool", "spec", "schema"})
"""Weights of what is more than words."""


class Row(NamedTuple):
    """One count of a provider, and how often each weight is in it."""

    counts: tuple[float, ...]
    told: float


def rows(sample: Sample, family: Family) -> Iterable[Row]:
    """The equations of one sample: its input and its output."""
    if sample.request is not None:
        pieces = weigh(sample.request, sample.model)
        own = pieces.functions is None
        yield Row(
            (
                pieces.text,
                pieces.messages,
                1,
                pieces.thinking,
                pieces.exchanges,
                own and bool(pieces.tools),
                own * pieces.tools,
                pieces.specs,
                pieces.schema,
                0,
            ),
            sample.input - (pieces.functions or 0),
        )
    if sample.output and sample.answer.parts:
        texts = [text for part in sample.answer.parts for text in texts_of(part)]
        calls = sum(isinstance(part, ToolCall) for part in sample.answer.parts)
        size = sum(count(text, family.encoding) for text in texts)
        yield Row((size, 0, 0, 0, calls, 0, 0, 0, 0, 1), sample.output)


def fitted(family: Family, equations: Sequence[Row], start: Weights) -> Weights:
    """The weights with the least relative error, and near those of the start where nothing says otherwise.

    What words take is fitted where there are only words, so that what is uncertain about tools does not spoil it.
    """
    plain = [row for row in equations if not any(row.counts[_NAMES.index(name)] for name in _TOOLS)]
    words_fit = _descended(plain, list(asdict(start).values()), [_spread(family, name) for name in _NAMES])
    spread = [_spread(family, name) if name in _TOOLS else _FIXED for name in _NAMES]
    found = _descended(equations, words_fit, spread)
    return Weights(**{name: _rounded(name, value) for name, value in zip(_NAMES, found, strict=True)})


def _descended(equations: Sequence[Row], prior: Sequence[float], spread: Sequence[float]) -> list[float]:
    found = list(prior)
    for _ in range(_ROUNDS):
        strength = [_strength(row, found) for row in equations]
        found = [max(0.0, value) for value in _solved(equations, strength, prior, spread)]
    return found


def _spread(family: Family, name: str) -> float:
    """What is published is not fitted."""
    fixed = (family.own and name == "text") or (family.exact and name in {"message", "request"})
    return _FIXED if fixed else float(asdict(_SPREAD)[name])


def _strength(row: Row, weights: Sequence[float]) -> float:
    """Least absolute errors as least squares whose weights are taken anew each time."""
    size = max(row.told, _SMALL)
    error = abs(row.told - sum(map(float.__mul__, map(float, row.counts), weights)))
    return 1 / (size * max(error, 0.5))


def _solved(
    equations: Sequence[Row], strength: Sequence[float], prior: Sequence[float], spread: Sequence[float]
) -> list[float]:
    size = len(prior)
    left = [[float(i == j) / spread[i] ** 2 for j in range(size)] for i in range(size)]
    right = [value / wide**2 for value, wide in zip(prior, spread, strict=True)]
    for row, weight in zip(equations, strength, strict=True):
        for i, one in enumerate(row.counts):
            if one:
                right[i] += weight * one * row.told
                for j, other in enumerate(row.counts):
                    left[i][j] += weight * one * other
    return _gauss(left, right)


def _gauss(left: list[list[float]], right: list[float]) -> list[float]:
    size = len(right)
    for pivot in range(size):
        for row in range(size):
            if row != pivot:
                share = left[row][pivot] / left[pivot][pivot]
                left[row] = [value - share * top for value, top in zip(left[row], left[pivot], strict=True)]
                right[row] -= share * right[pivot]
    return [right[row] / left[row][row] for row in range(size)]


def _rounded(name: str, value: float) -> float:
    return round(value, 2) if name in {"text", "spec", "schema"} else round(value)


def by_family(samples: Iterable[Sample]) -> Mapping[str, list[Sample]]:
    """The samples of each family, in the families' order."""
    found: dict[str, list[Sample]] = {family.name: [] for family in (*FAMILIES, ANY)}
    for sample in samples:
        found[family_of(sample.model).name].append(sample)
    return {name: many for name, many in found.items() if many}


def weights_table(samples: Iterable[Sample]) -> str:
    """The weights that fit best, as they stand in the package."""
    fit = [sample for sample in samples if not sample.held_out]
    families = {family.name: family for family in (*FAMILIES, ANY)}
    others = [sample for sample in fit if not family_of(sample.model).own]
    start = fitted(ANY, [row for sample in others for row in rows(sample, ANY)], Weights())
    lines = [_line("any", start)]
    for name, many in by_family(fit).items():
        family = families[name]
        if family is not ANY:
            equations = [row for sample in many for row in rows(sample, family)]
            lines.append(_line(name, fitted(family, equations, Weights() if family.own else start)))
    return "\n".join(lines)


def _line(name: str, weights: Weights) -> str:
    standard = asdict(Weights())
    said = [f"{key}={value:g}" for key, value in asdict(weights).items() if value != standard[key]]
    return f"{name}: Weights({', '.join(said)})"


LARGE: Final = 50
"""Tokens from which on an error is told as a share; below, it is mostly what templates add, told in tokens."""

ENOUGH: Final = 10
"""Fewer than this say nothing about an error."""


class Pair(NamedTuple):
    """Our count and the provider's."""

    ours: int
    theirs: int


def errors_table(samples: Iterable[Sample]) -> str:
    """What the shipped weights leave on the questions that were held out, as Markdown."""
    side = f"from {LARGE} | median, p90 | smaller | median, p90"
    lines = [f"| family | input {side} | said exact | equal | output {side} |", "|" + "---|" * 11]
    for name, many in by_family(samples).items():
        held = [sample for sample in many if sample.held_out]
        counts = [(count_request(sample.request, sample.model), sample.input) for sample in held if sample.request]
        certain = [(found.tokens, told) for found, told in counts if found.exact]
        asked = [Pair(found.tokens, told) for found, told in counts]
        said = [
            Pair(count_answer(sample.answer, sample.model).tokens, sample.output)
            for sample in held
            if sample.output and sample.answer.parts
        ]
        cells = (
            *_cells(asked),
            f"{len(certain) or '-'}",
            f"{sum(ours == told for ours, told in certain) if certain else '-'}",
            *_cells(said),
        )
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cells(pairs: Sequence[Pair]) -> tuple[str, str, str, str]:
    large = [abs(pair.ours - pair.theirs) / pair.theirs for pair in pairs if pair.theirs >= LARGE]
    small = [float(abs(pair.ours - pair.theirs)) for pair in pairs if pair.theirs < LARGE]
    return str(len(large)), _spread_of(large, ".1%"), str(len(small)), _spread_of(small, ".0f")


def _spread_of(errors: Sequence[float], form: str) -> str:
    if len(errors) < ENOUGH:
        return "too few"
    return f"{median(errors):{form}}, {quantiles(errors, n=10, method='inclusive')[8]:{form}}"
