"""How long to wait: every way that providers say it, and nothing that only looks like one."""

from datetime import UTC, datetime
from typing import Final

import pytest
from hypothesis import given, strategies as st

from modelmix.wait import header_wait, prose_wait, span

NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)

HEADERS: dict[str, tuple[dict[str, str], float | None]] = {
    "nothing": ({}, None),
    "seconds": ({"retry-after": "2"}, 2.0),
    "a part of a second": ({"retry-after": "1.5"}, 1.5),
    "blanks around": ({"retry-after": " 3 "}, 3.0),
    "of two, the longest": ({"retry-after": "2, 5"}, 5.0),
    "of two, the one that is one": ({"retry-after": "soon, 5"}, 5.0),
    "none at all": ({"retry-after": "0"}, None),
    "less than none": ({"retry-after": "-5"}, None),
    "empty": ({"retry-after": ""}, None),
    "a word": ({"retry-after": "soon"}, None),
    "an exponent": ({"retry-after": "1e3"}, None),
    "infinity": ({"retry-after": "inf"}, None),
    "no number": ({"retry-after": "nan"}, None),
    "Arabic digits": ({"retry-after": "٣"}, None),
    "full-width digits": ({"retry-after": "３"}, None),
    "hexadecimal": ({"retry-after": "0x10"}, None),
    "an underscore": ({"retry-after": "1_0"}, None),
    "a sign": ({"retry-after": "+5"}, None),
    "no whole part": ({"retry-after": ".5"}, None),
    "no fraction": ({"retry-after": "5."}, None),
    "a date": ({"retry-after": "Thu, 01 Jan 2026 00:00:30 GMT"}, 30.0),
    "a date of RFC 850": ({"retry-after": "Thursday, 01-Jan-26 00:00:30 GMT"}, 30.0),
    "a date of asctime": ({"retry-after": "Thu Jan  1 00:00:30 2026"}, 30.0),
    "a date gone by": ({"retry-after": "Wed, 31 Dec 2025 23:59:00 GMT"}, None),
    "a date that is none": ({"retry-after": "Thu, 32 Foo 2026 99:99:99 GMT"}, None),
    "a date by the server's clock": (
        {"retry-after": "Thu, 01 Jan 2026 00:10:05 GMT", "date": "Thu, 01 Jan 2026 00:10:00 GMT"},
        5.0,
    ),
    "a date beside a broken clock": (
        {"retry-after": "Thu, 01 Jan 2026 00:00:05 GMT", "date": "yesterday"},
        5.0,
    ),
    "milliseconds": ({"retry-after-ms": "250"}, 0.25),
    "milliseconds win": ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
    "broken milliseconds do not": ({"retry-after-ms": "x", "retry-after": "9"}, 9.0),
    "no milliseconds do not": ({"retry-after-ms": "0", "retry-after": "9"}, 9.0),
    "milliseconds of Azure": ({"x-ms-retry-after-ms": "1234", "retry-after": "2"}, 1.234),
    "milliseconds of AWS": ({"x-amz-retry-after": "1500"}, 1.5),
    "seconds win over those of AWS": ({"x-amz-retry-after": "1500", "retry-after": "2"}, 2.0),
}


@pytest.mark.parametrize(("headers", "expected"), HEADERS.values(), ids=HEADERS)
def test_headers_ask_for_a_wait(headers: dict[str, str], expected: float | None) -> None:
    assert header_wait(headers, NOW) == expected


SPANS = {
    "26s": 26.0,
    "45.837906927s": 45.837906927,
    "500ms": 0.5,
    "20ms": 0.02,
    "1m30s": 90.0,
    "6m0s": 360.0,
    "2h": 7200.0,
    "1h2m3.5s": 3723.5,
    "1m500ms": 60.5,
    " 5s ": 5.0,
    "0s": None,
    "": None,
    " ": None,
    "5": None,
    "5 s": None,
    "-5s": None,
    "s": None,
    "1e3s": None,
    "5s later": None,
    "infs": None,
    "999999999999999999h": 999999999999999999 * 3600.0,
}


@pytest.mark.parametrize(("text", "expected"), SPANS.items(), ids=[repr(text) for text in SPANS])
def test_a_span_is_seconds(text: str, expected: float | None) -> None:
    assert span(text) == expected


PROSE = {
    "Rate limit reached. Please try again in 6.2s. Visit the console.": 6.2,
    "Please try again in 20ms.": 0.02,
    "Please Try Again In 1m30s": 90.0,
    "please retry after 3s": 3.0,
    "Retry in 500ms": 0.5,
    "try again in 6.2.3s": None,
    "try again in a while": None,
    "try again later": None,
    "in 5s": None,
    "": None,
}


@pytest.mark.parametrize(("message", "expected"), PROSE.items(), ids=PROSE)
def test_a_sentence_asks_for_a_wait(message: str, expected: float | None) -> None:
    assert prose_wait(message) == expected


@given(text=st.text(max_size=40))
def test_any_text_is_a_wait_or_none(text: str) -> None:
    headers: dict[str, str] = dict.fromkeys(["retry-after", "retry-after-ms", "x-amz-retry-after", "date"], text)
    for found in (header_wait(headers, NOW), span(text), prose_wait(text)):
        assert found is None or found > 0
