"""How long a provider asks to wait, in all the ways it says so."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

# Only plain ASCII decimals: `float()` would also take `inf`, `nan`, `1e3`, `1_0` and Arabic digits.
_DECIMAL: Final = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*", re.ASCII)
_SPAN: Final = re.compile(r"(?:([0-9]+)h)?(?:([0-9]+)m(?!s))?(?:([0-9]+(?:\.[0-9]+)?)s)?(?:([0-9]+(?:\.[0-9]+)?)ms)?")
_PROSE: Final = re.compile(r"(?:try again|retry) (?:in|after) ((?:[0-9.]+(?:h|ms|m|s))+)", re.IGNORECASE)

# RFC 9110 §5.6.7: the preferred form, and the two that recipients must still accept.
_DATE_FORMS: Final = ("%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT", "%a %b %d %H:%M:%S %Y")

_MILLISECONDS: Final = ("retry-after-ms", "x-ms-retry-after-ms")


def header_wait(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """The wait that headers ask for, in seconds; None where they ask for none, or for nothing sensible.

    Header names are in lower case; of repeated values, joined by commas, the longest counts.
    """
    for name in _MILLISECONDS:
        wait = _decimal(headers.get(name, ""), scale=0.001)
        if wait is not None:
            return wait
    wait = _retry_after(headers.get("retry-after", ""), headers.get("date", ""), now)
    return wait if wait is not None else _decimal(headers.get("x-amz-retry-after", ""), scale=0.001)


def _retry_after(value: str, date: str, now: datetime | None) -> float | None:
    whole = _http_date(value)
    if whole is not None:
        # The server's own clock counts, so that a wrong clock on either side does no harm.
        start = _http_date(date) or now or datetime.now(UTC)
        return _positive((whole - start).total_seconds())
    waits = [wait for piece in value.split(",") if (wait := _decimal(piece)) is not None]
    return max(waits, default=None)


def _decimal(text: str, scale: float = 1.0) -> float | None:
    found = _DECIMAL.fullmatch(text)
    return _positive(round(float(found[1]) * scale, 9)) if found else None


def _positive(seconds: float) -> float | None:
    return seconds if seconds > 0 else None


def _http_date(text: str) -> datetime | None:
    for form in _DATE_FORMS:
        try:
            return datetime.strptime(text.strip(), form).replace(tzinfo=UTC)
        except ValueError:
            continue
    return None


def span(text: str) -> float | None:
    """The seconds in a span such as `26s`, `45.8s`, `500ms`, `1m30s`; None for anything else, and for none at all.

    >>> span("1m30s")
    90.0
    """
    found = _SPAN.fullmatch(text.strip())
    if not found or not text.strip():
        return None
    hours, minutes, seconds, milliseconds = (float(value or 0) for value in found.groups())
    return _positive(hours * 3600 + minutes * 60 + seconds + milliseconds / 1000)


def prose_wait(message: str) -> float | None:
    """The wait in a sentence such as `try again in 6.2s`."""
    found = _PROSE.search(message)
    return span(found[1]) if found else None
