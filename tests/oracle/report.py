"""What the run prints."""

from collections.abc import Iterable, Sequence

from oracle.compare import Found
from oracle.sdks.sdk import Sdk
from oracle.tally import Tally

_LONGEST = 300


def difference(reply_id: str, found: Iterable[Found]) -> str:
    """Fields of one reply that differ without a reason, with both values."""
    lines = [f"  {one.field}\n    SDK:  {_cut(one.sdk)}\n    ours: {_cut(one.ours)}" for one in found]
    return "\n".join((f"UNEXPLAINED {reply_id}", *lines))


def reasons(tallies: Iterable[Tally]) -> str:
    """The reasons, with the number of replies that each explains."""
    rows = [
        (tally.dialect, str(count), reason) for tally in tallies for reason, count in tally.told.most_common() if count
    ]
    return _table(("dialect", "replies", "why they differ"), rows) if rows else "no difference is explained"


def table(rows: Iterable[tuple[Sdk, Tally]]) -> str:
    """Agreement, a line an SDK and dialect."""
    head = ("SDK", "version", "dialect", "replies", "equal", "explained", "unexplained", "SDK raised")
    return _table(
        head,
        [(sdk.package, sdk.version, tally.dialect, *map(_number, _counts(tally))) for sdk, tally in rows],
    )


def _counts(tally: Tally) -> tuple[int, ...]:
    return tally.compared, tally.equal, tally.explained, tally.unexplained, tally.raised


def _number(count: int) -> str:
    return f"{count:,}"


def _cut(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text):,} characters)"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[at]) for row in (head, *rows)) for at in range(len(head))]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *rows))
    return "\n".join(line.rstrip() for line in lines)
