"""What functions give back, as parts that a model reads."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

import pytest
from msgspec import Struct
from pydantic import BaseModel

from modelmix import Bytes, File, Image, Json, Text, Url
from modelmix.ast.content import JsonText, ResultPart
from modelmix.tools.result import result_parts

PNG: Final = b"\x89PNG\r\n\x1a\n...."
PDF: Final = b"%PDF-1.7 ..."


class Weather(Struct):
    degrees: float


@dataclass
class Wind:
    speed: int


class Cloud(BaseModel):
    height: int
    seen: date


def json(text: str) -> Json:
    return Json(JsonText(text))


CASES: Final[dict[str, tuple[object, tuple[ResultPart, ...]]]] = {
    "text": ("rain", (Text("rain"),)),
    "nothing": (None, (json("null"),)),
    "a number": (4.5, (json("4.5"),)),
    "a truth": (True, (json("true"),)),
    "an exact number": (Decimal("1.10"), (json('"1.10"'),)),
    "a list": ([1, "a"], (json('[1,"a"]'),)),
    "an empty list": ([], (json("[]"),)),
    "a dictionary": ({"a": date(2026, 1, 2)}, (json('{"a":"2026-01-02"}'),)),
    "a Struct": (Weather(4.0), (json('{"degrees":4.0}'),)),
    "a dataclass": (Wind(3), (json('{"speed":3}'),)),
    "a pydantic model": (Cloud(height=9, seen=date(2026, 1, 2)), (json('{"height":9,"seen":"2026-01-02"}'),)),
    "pydantic models in a list": (
        [Cloud(height=9, seen=date(2026, 1, 2))],
        (json('[{"height":9,"seen":"2026-01-02"}]'),),
    ),
    "a part": (Image(Url("https://example.com/a.png")), (Image(Url("https://example.com/a.png")),)),
    "a picture": (PNG, (Image(Bytes(PNG, "image/png")),)),
    "a document": (PDF, (File(Bytes(PDF, "application/pdf")),)),
    "text as bytes": ("é".encode(), (Text("é"),)),
    "several parts": (
        ["see", PNG, {"a": 1}, Text("x")],
        (Text("see"), Image(Bytes(PNG, "image/png")), json('{"a":1}'), Text("x")),
    ),
}


@pytest.mark.parametrize(("value", "parts"), CASES.values(), ids=CASES)
def test_a_result_becomes_parts(value: object, parts: tuple[ResultPart, ...]) -> None:
    assert result_parts(value) == parts


def endless() -> list[object]:
    found: list[object] = []
    found.append(found)
    return found


BAD: Final = {
    "an object": object(),
    "unknown bytes": b"\x00\x01\xff",
    "a recording": b"RIFF\x04\x00\x00\x00WAVE",
    "itself": endless(),
    "a key that is no text": {(1, 2): "a"},
    "half a character": "a\ud83d",
}


@pytest.mark.parametrize("value", BAD.values(), ids=BAD)
def test_what_cannot_be_told_is_an_error(value: object) -> None:
    with pytest.raises(ValueError):
        result_parts(value)
