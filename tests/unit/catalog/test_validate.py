"""What of a catalogue document is taken, what is set aside, what is refused whole."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, strategies as st
from returns.result import Failure, Success

from modelmix.catalog.record import Limit, document as written, read_document
from modelmix.catalog.strict import parse_strict
from modelmix.catalog.validate import Verdict, validate
from modelmix.errors import FetchFailed
from unit.catalog.making import SOURCE, document, model, provider

HOSTILE: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    # id of the document: what becomes of it, and the paths of what is set aside
    "valid": ("taken", ()),
    "empty-object": ("taken", ()),
    "array": ("refused", ()),
    "html": ("refused", ()),
    "truncated": ("refused", ()),
    "cost-empty": ("taken", ()),
    "cost-negative": ("taken", ("$.openai.models.gpt-x.cost.input",)),
    "cost-string": ("taken", ("$.openai.models.gpt-x.cost.input",)),
    "cost-1e999-text": ("taken", ("$.openai.models.gpt-x.cost.input",)),
    "limit-float": ("taken", ()),
    "id-traversal": ("taken", ()),
    "id-key-mismatch": ("taken", ()),
    "id-escape": ("taken", ("$.openai.models.gpt-x",)),
    "id-bidi": ("taken", ("$.openai.models.gpt-x",)),
    "id-10k": ("taken", ("$.openai.models.gpt-x",)),
    "env-hijack": ("taken", ()),
    "api-hijack": ("taken", ()),
    "unknown-fields": ("taken", ()),
    "dup-keys": ("refused", ()),
    "deep": ("refused", ()),
    "proto": ("taken", ("$.__class__",)),
}
ELSEWHERE: Final = {"shrink", "price-jump", "huge", "zstd-bomb"}
"""Documents that are only described; the tests of syncing and fetching make them."""


@pytest.fixture(scope="module")
def hostile(shared: Path) -> dict[str, bytes]:
    rows = json.loads((shared / "vectors/hostile-inputs.json").read_bytes())["catalog"]
    found = {row["id"]: row["document"] for row in rows}
    assert set(found) == {*HOSTILE, *ELSEWHERE}
    return {
        name: said.encode() if isinstance(said, str) else json.dumps(said).encode()
        for name, said in found.items()
        if name in HOSTILE
    }


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_has_its_verdict(hostile: dict[str, bytes], name: str) -> None:
    verdict, aside = HOSTILE[name]
    match validate(hostile[name], SOURCE):
        case Success(found):
            assert (verdict, tuple(flaw.path for flaw in found.aside)) == ("taken", aside)
            assert not any(key in {"__class__", ".."} for key in found.providers)
        case Failure(error):
            assert isinstance(error, FetchFailed)
            assert (verdict, error.kind, error.source) == ("refused", "data", SOURCE)


def taken(data: bytes) -> Verdict:
    return validate(data, SOURCE).unwrap()


def test_a_price_that_is_not_given_is_unknown_and_not_zero(hostile: dict[str, bytes]) -> None:
    cost = taken(hostile["cost-empty"]).providers["openai"].models["gpt-x"].cost
    assert (cost.input, cost.output) == (None, None)


def test_a_whole_float_is_a_count(hostile: dict[str, bytes]) -> None:
    limit = taken(hostile["limit-float"]).providers["openai"].models["gpt-x"].limit
    assert limit == Limit(context=1_000_000, output=100)


@pytest.mark.parametrize("name", ["id-key-mismatch", "id-traversal"])
def test_the_key_wins_over_another_id_and_that_is_told(hostile: dict[str, bytes], name: str) -> None:
    found = taken(hostile[name])
    assert found.providers["openai"].models["gpt-x"].id == "gpt-x"
    assert [flaw.path for flaw in found.renamed] == ["$.openai.models.gpt-x"]


ONE: Final[dict[str, tuple[object, str]]] = {
    # what a model says, the path in it of what is wrong
    "no object": (5, ""),
    "a price that is a list": ({"cost": {"input": [1]}}, ".cost.input"),
    "a price that is true": ({"cost": {"input": True}}, ".cost.input"),
    "a price beyond all": ({"cost": {"input": 1e7}}, ".cost.input"),
    "a price of a tier in words": ({"cost": {"tiers": [{"input": "1", "tier": {"size": 5}}]}}, ".cost.tiers[0].input"),
    "a tier without a size": ({"cost": {"tiers": [{"input": 1}]}}, ".cost.tiers[0].tier"),
    "a limit below zero": ({"limit": {"context": -1}}, ".limit.context"),
    "a limit with a fraction": ({"limit": {"context": 1.5}}, ".limit.context"),
    "a limit in words": ({"limit": {"output": "many"}}, ".limit.output"),
    "a limit beyond all": ({"limit": {"output": 10**13}}, ".limit.output"),
    "a capability in words": ({"tool_call": "yes"}, ".tool_call"),
    "media that are no list": ({"modalities": {"input": "text"}}, ".modalities.input"),
    "a text that reorders": ({"release_date": "\u202e2025"}, ""),
    "half a character": ({"status": "\ud800"}, ""),
}


@pytest.mark.parametrize(("said", "path"), ONE.values(), ids=ONE)
def test_one_bad_model_is_set_aside_and_the_others_are_kept(said: object, path: str) -> None:
    data = json.dumps({"acme": {"models": {"bad": said, "good": {"id": "good", "cost": {"input": 0.1}}}}}).encode()
    found = taken(data)
    assert list(found.providers["acme"].models) == ["good"]
    assert [flaw.path for flaw in found.aside] == [f"$.acme.models.bad{path}"]


PROVIDERS: Final[dict[str, tuple[str, object]]] = {
    "a path": ("../acme", provider("x", model("m"))),
    "capitals": ("Acme", provider("x", model("m"))),
    "a device": ("con", provider("x", model("m"))),
    "a device with an ending": ("nul.x", provider("x", model("m"))),
    "65 letters": ("a" * 65, provider("x", model("m"))),
    "nothing": ("", provider("x", model("m"))),
    "no models": ("acme", {"id": "acme"}),
    "models in a list": ("acme", {"id": "acme", "models": []}),
    "variables that are no texts": ("acme", {"id": "acme", "env": [5], "models": {}}),
    "an address that acts": ("acme", {"id": "acme", "api": "https://a\x1b.example", "models": {}}),
}


@pytest.mark.parametrize(("name", "said"), PROVIDERS.values(), ids=PROVIDERS)
def test_one_bad_provider_is_set_aside_and_the_others_are_kept(name: str, said: object) -> None:
    found = taken(json.dumps({name: said, "good": provider("good", model("m"))}).encode())
    assert list(found.providers) == ["good"]
    assert len(found.aside) == 1


WHOLE: Final = {
    "nothing": b"",
    "no JSON": b"{",
    "two documents": b"{} {}",
    "a number that is none": b'{"a": NaN}',
    "UTF-16": "{}".encode("utf-16"),
    "no UTF-8": b'{"\xff": 1}',
    "a key twice deep down": b'{"a": {"models": {"m": {"cost": {"input": 1, "input": 2}}}}}',
    "129 levels": b'{"a":' * 129 + b"1" + b"}" * 129,
    "levels without end": b"[" * 2_000_000,
    "more values than any catalogue": b"{" + b'"a":[' + b"1," * 2_000_000 + b"1]}",
    "a number of a million digits": b'{"a": ' + b"9" * 1_000_000 + b"}",
    "a text": b'"openai"',
    "null": b"null",
}


@pytest.mark.parametrize("data", WHOLE.values(), ids=WHOLE)
def test_a_broken_document_is_refused_whole(data: bytes) -> None:
    assert isinstance(validate(data, SOURCE).failure(), FetchFailed)


def test_a_mark_at_the_start_and_128_levels_are_taken() -> None:
    deep = b'{"a":' * 127 + b"1" + b"}" * 127
    assert parse_strict(b"\xef\xbb\xbf" + deep) == json.loads(deep)


def test_control_characters_in_a_name_are_spaces() -> None:
    found = taken(document(provider("acme", model("m", name="Deep\x1bSeek R1\t"))))
    assert found.providers["acme"].models["m"].name == "Deep Seek R1"


@given(st.decimals(min_value=0, max_value=999_999, places=18, allow_nan=False, allow_infinity=False))
def test_a_price_keeps_every_decimal_to_the_file_and_back(price: Decimal) -> None:
    data = b'{"acme":{"models":{"m":{"cost":{"input":%b}}}}}' % format(price, "f").encode()
    record = taken(data).providers["acme"]
    assert record.models["m"].cost.input == price
    again = read_document(written(record))
    assert again == record
    assert written(again) == written(record)


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_nothing_that_comes_raises(data: bytes) -> None:
    assert isinstance(validate(data, SOURCE), Success | Failure)


COUNTS: Final = {"models-dev-api.json.gz": (147, 5276), "models-dev-api.2025-10.json.gz": (52, 826)}


@pytest.mark.parametrize("name", COUNTS)
def test_the_real_data_is_taken_whole(shared: Path, name: str) -> None:
    import gzip

    found = taken(gzip.decompress((shared / "catalog" / name).read_bytes()))
    assert (len(found.providers), found.models, found.aside, found.renamed) == (*COUNTS[name], (), ())
