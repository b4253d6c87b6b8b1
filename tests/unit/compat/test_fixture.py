"""Fixtures are written for people and read strictly."""

import msgspec
import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from modelmix.compat.fixture import (
    Fixture,
    RecordedRequest,
    RecordedResponse,
    Source,
    ending,
    name_of,
    read,
    written,
)
from modelmix.errors import BadFixture

FIXTURE = Fixture(
    origin="local",
    provider="local",
    model="smollm2",
    scenario="basic",
    library="0.1.0",
    time="2026-01-02T03:04:05Z",
    request=RecordedRequest(
        method="POST",
        url="http://127.0.0.1/v1/chat/completions",
        headers={"content-type": "application/json"},
        body=msgspec.Raw(b'{"model":"smollm2"}'),
        sha256="0" * 64,
    ),
    response=RecordedResponse(
        status=200,
        headers={"content-type": "text/event-stream"},
        file="basic.sse",
        sha256="1" * 64,
        chunks=((12, 100), (15, 7)),
    ),
)


def test_a_fixture_is_read_as_it_was_written() -> None:
    again = read(written(FIXTURE), "basic.json").unwrap()
    assert written(again) == written(FIXTURE)
    assert again.request is not None
    assert msgspec.json.decode(again.request.body) == {"model": "smollm2"}


def test_a_fixture_is_written_for_people() -> None:
    lines = written(FIXTURE).decode().splitlines()
    assert len(lines) > 20
    assert ' "origin": "local",' in lines


def test_an_import_keeps_its_source() -> None:
    imported = replace(FIXTURE, origin="imported", request=None, source=Source(tool="vcr", path="a.yaml"))
    assert read(written(imported), "x").unwrap() == imported


BROKEN = {
    "no JSON": b"{",
    "another document": b"[]",
    "no UTF-8": written(FIXTURE).replace(b"smollm2", b"\xff", 1),
    "a word it does not know": written(FIXTURE).replace(b'"origin"', b'"orgin"'),
    "an origin it does not know": written(FIXTURE).replace(b'"local",', b'"dreamt",', 1),
    "a later format": written(FIXTURE).replace(b'"schema": 1', b'"schema": 2'),
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
def test_what_is_no_fixture_is_told_with_its_file(content: bytes) -> None:
    error = read(content, "tests/basic.json").failure()
    assert isinstance(error, BadFixture)
    assert error.where == "tests/basic.json"


@given(content=st.binary())
def test_any_bytes_are_read_or_told(content: bytes) -> None:
    read(content, "x")


def test_files_of_one_scenario_do_not_meet() -> None:
    assert [name_of("basic", 1), name_of("basic", 2)] == ["basic", "basic.2"]


KINDS = {
    "text/event-stream; charset=utf-8": ".sse",
    "application/x-ndjson": ".ndjson",
    "application/json": ".body.json",
    "": ".body.json",
}


@pytest.mark.parametrize(("content_type", "expected"), KINDS.items(), ids=KINDS)
def test_a_body_lies_in_a_file_of_its_kind(content_type: str, expected: str) -> None:
    assert ending({"content-type": content_type}) == expected
