"""Tables of plain text: aligned, and as wide as the terminal lets them be."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

from modelmix.cli.terminal import one_line
from modelmix.node import Node

_GAP: Final = "  "
_LEAST: Final = 12
"""Letters of the first column that are kept however narrow the terminal is."""

_CENT: Final = Decimal("0.01")
_PLACES: Final = Decimal("0.0001")

_SIZES: Final = ((1_000_000, "M"), (1_000, "k"))


class Column(Node, frozen=True, kw_only=True):
    """A column; of a table that is too wide, those of the highest `rank` go first, and those of rank 0 stay."""

    title: str
    cells: tuple[str, ...]
    right: bool = False
    rank: int = 0


def table(columns: Sequence[Column], *, width: int | None = None, titled: bool) -> str:
    """The rows, one a line; the first column is cut where the others leave it no room. Empty columns are left out."""
    kept = [column for column in columns if any(column.cells)]
    widths = [_width(column, titled=titled) for column in kept]
    while width is not None and _total(widths) > width and any(column.rank for column in kept):
        worst = max(range(len(kept)), key=lambda at: kept[at].rank)
        del kept[worst], widths[worst]
    if width is not None and widths and _total(widths) > width:
        widths[0] = max(_LEAST, widths[0] - (_total(widths) - width))
    rows: Iterable[tuple[str, ...]] = zip(*[column.cells for column in kept], strict=True)
    titles = [tuple([column.title for column in kept])] if titled else []
    return "".join([_row(row, kept, widths) for row in [*titles, *rows]])


def pairs(facts: Iterable[tuple[str, str]]) -> str:
    """Names and what there is to say of them, below each other; what has nothing to say is left out."""
    kept = [(name, text) for name, text in facts if text]
    longest = max((len(name) for name, _ in kept), default=0)
    return "".join([f"  {name.ljust(longest)}  {text}\n" for name, text in kept])


def tokens(count: int | None) -> str:
    """A size as people say it.

    >>> tokens(128_000), tokens(1_048_576), tokens(8_191), tokens(512)
    ('128k', '1.05M', '8.19k', '512')
    """
    if count is None:
        return "-"
    for size, letter in _SIZES:
        if count * 10_000 >= size * 9_995:
            return f"{count / size:.3g}{letter}"
    return str(count)


def dollars(price: Decimal | None) -> str:
    """A price per million tokens, exactly, with its cents.

    >>> dollars(Decimal("2.5")), dollars(Decimal("0.075")), dollars(Decimal(0)), dollars(None)
    ('2.50', '0.075', '0.00', '-')
    """
    if price is None:
        return "-"
    cents = price.quantize(_CENT)
    return f"{cents if cents == price else price.normalize():f}"


def about(price: Decimal | None) -> str:
    """A price per million tokens for a table: with four places, and more only where they say anything.

    >>> about(Decimal("0.18999999999")), about(Decimal("0.00002"))
    ('0.19', '0.00002')
    """
    rounded = None if price is None else price.quantize(_PLACES)
    return dollars(price if price and not rounded else rounded)


def _width(column: Column, *, titled: bool) -> int:
    cells = (column.title, *column.cells) if titled else column.cells
    return max(map(_cells, cells))


def _total(widths: Sequence[int]) -> int:
    return sum(widths) + len(_GAP) * (len(widths) - 1)


def _row(row: Sequence[str], columns: Sequence[Column], widths: Sequence[int]) -> str:
    padded = [_padded(cell, column, width) for cell, column, width in zip(row, columns, widths, strict=True)]
    return _GAP.join(padded).rstrip() + "\n"


def _padded(cell: str, column: Column, width: int) -> str:
    lacking = width - _cells(cell)
    if lacking < 0:
        return _cut(cell, width)
    return " " * lacking + cell if column.right else cell + " " * lacking


def _cut(text: str, width: int) -> str:
    """The beginning of a text, in as many cells of a terminal."""
    kept = text[: width - 1]
    while _cells(kept) > width - 1:
        kept = kept[:-1]
    return kept + "…" + " " * (width - 1 - _cells(kept))


def _cells(text: str) -> int:
    """How wide a text is on a terminal."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # noqa: PLC0415 - most tables do not need it

    return cell_len(text)


def shown(text: str) -> str:
    """A name of theirs for a line of ours."""
    return one_line(text, len(text) + 1)
