"""The one table at the end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from benches.measure import Series


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line: what was measured, the figure with its spread, and the target it is held against."""

    topic: str
    what: str
    figure: str
    spread: str = ""
    target: str = ""
    verdict: Literal["met", "missed", "skipped", ""] = ""


def shown(topic: str, what: str, series: Series, unit: str) -> Row:
    """A figure without a target."""
    return Row(topic=topic, what=what, figure=_figure(series.median, unit), spread=_spread(series))


def at_least(topic: str, what: str, series: Series, unit: str, target: float) -> Row:
    """A figure that shall be large."""
    return _judged(topic, what, series, unit, f">= {target:g}", met=series.median >= target)


def at_most(topic: str, what: str, series: Series, unit: str, target: float) -> Row:
    """A figure that shall be small."""
    return _judged(topic, what, series, unit, f"<= {target:g}", met=series.median <= target)


def holds(topic: str, what: str, claim: str, *, met: bool) -> Row:
    """A claim that is true or not."""
    figure = "yes" if met else "no"
    return Row(topic=topic, what=what, figure=figure, target=claim, verdict="met" if met else "missed")


def skipped(topic: str, what: str, why: str) -> Row:
    """What could not be measured here."""
    return Row(topic=topic, what=what, figure=why, verdict="skipped")


def _judged(topic: str, what: str, series: Series, unit: str, target: str, *, met: bool) -> Row:
    return Row(
        topic=topic,
        what=what,
        figure=_figure(series.median, unit),
        spread=_spread(series),
        target=f"{target} {unit}".strip(),
        verdict="met" if met else "missed",
    )


def _figure(value: float, unit: str) -> str:
    return f"{_number(value)} {unit}".strip()


def _spread(series: Series) -> str:
    return f"{_number(series.low)} … {_number(series.high)}"


def _number(value: float) -> str:
    """Three digits that say something."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table whose columns line up."""
    head = ("#", "what", "figure", "min … max", "target", "")
    lines = [head, *[(row.topic, row.what, row.figure, row.spread, row.target, row.verdict) for row in rows]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    padded = [[cell.ljust(width) for cell, width in zip(line, widths, strict=True)] for line in lines]
    rule = "|".join("-" * (width + 2) for width in widths)
    first, *rest = [f"| {' | '.join(cells)} |" for cells in padded]
    return "\n".join([first, f"|{rule}|", *rest])
