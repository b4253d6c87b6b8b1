"""Recordings of other tools become fixtures: each whole, under a name of its own, once, and without secrets."""

import gzip
import json
import sys
import tracemalloc
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from modelmix.compat.fixture import Fixture, Source
from modelmix.compat.imports import kinds
from modelmix.compat.imports.found import Found, Left
from modelmix.compat.imports.importing import Brought, Kept, bring
from modelmix.compat.imports.kinds import exchanges
from modelmix.compat.imports.making import utc
from modelmix.compat.imports.naming import imported_kind
from modelmix.compat.scenarios import SCENARIOS
from modelmix.compat.store import FixtureStore
from modelmix.secret import Secret
from unit.compat.bringing import CHAT, MESSAGES, as_json, cassette, delta, record, reply, reqllm, response, streamed
from unit.compat.taking import OLD, stored

NEW, SAME = Kept("openai", new=True), Kept("openai", new=False)


def brought(path: Path, root: Path, secrets: Sequence[Secret] = (), *, dry: bool = False) -> list[Brought]:
    return list(bring(path, FixtureStore(root), secrets, dry=dry))


def written(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


def kept(root: Path, scenario: str = "imported-text-basic", provider: str = "openai") -> tuple[Fixture, bytes]:
    (recording,) = FixtureStore(root).load(provider, "m-1", scenario).unwrap()
    return recording.fixture, recording.body


def as_lines(*records: object) -> bytes:
    return b"".join([as_json(each) + b"\n" for each in records])


NO_HEADERS: dict[str, str] = {}

JSON_CASSETTE = as_json(
    {
        "version": 1,
        "interactions": [
            {
                "request": {"method": "POST", "uri": CHAT, "body": json.dumps({"model": "m-1"}), "headers": NO_HEADERS},
                "response": {
                    "status": {"code": 200, "message": "OK"},
                    "headers": {"content-type": ["application/json"]},
                    "body": {"string": reply({"content": "yo"}).decode()},
                },
            }
        ],
    }
)

FORMS: Mapping[str, tuple[bytes, str]] = {
    "ReqLLM": (reqllm(), "req_llm"),
    "ReqLLM on one line": (as_json(json.loads(reqllm())), "req_llm"),
    "VCR": (cassette(reply({"content": "yo"})), "vcrpy"),
    "VCR in JSON": (JSON_CASSETTE, "vcrpy"),
    "a collection": (as_lines(record(), record(scenario="other")), "someone/something"),
    "a compressed collection": (gzip.compress(as_lines(record())), "someone/something"),
}


@pytest.mark.parametrize(("content", "tool"), FORMS.values(), ids=FORMS)
def test_a_file_is_known_by_its_content(tmp_path: Path, content: bytes, tool: str) -> None:
    (tmp_path / "basic").write_bytes(content)
    found = next(exchanges(tmp_path / "basic"))
    assert isinstance(found, Found)
    assert (found.tool, found.scenario) == (tool, "basic")


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two.json").write_bytes(reqllm())
    (tmp_path / "a.yaml").write_bytes(cassette(reply({"content": "1"}), reply({"content": "2"})))
    (tmp_path / "c.jsonl").write_bytes(as_lines(record(), [1]))
    assert [each.path for each in exchanges(tmp_path)] == [
        "a.yaml#1",
        "a.yaml#2",
        "b/two.json",
        "a/b.json#3",
        "c.jsonl:2",
    ]


LEFT: Mapping[str, tuple[bytes, str]] = {
    "another file": (b"# Read me\n", "it is no recording that modelmix knows"),
    "an empty file": (b"", "it is no recording that modelmix knows"),
    "another document": (b'{"a": 1}', "it is no recording that modelmix knows"),
    "a damaged gzip": (b"\x1f\x8b\x08\x00nothing", "it cannot be read: "),
    "a fixture of ours": (as_json({"schema": 1, "origin": "live", "scenario": "basic", "response": {}}), "already"),
    "no model": (as_lines(record(model=None)), "it does not say which model was asked"),
    "no provider": (
        as_lines(record(provider="", request={"url": "", "body": {}})),
        "it does not say which provider was asked",
    ),
    "no reply": (as_lines(record(response={"status": 200, "body": {"text": ""}})), "it holds no reply"),
    "another dialect": (as_lines(record(dialect="bedrock-converse")), "modelmix does not speak bedrock-converse"),
    "another API": (reqllm(url="https://a.example/v1/images"), "modelmix does not speak what is spoken at"),
    "a request that is no JSON": (cassette(b"{}").replace(b'\'{"model"', b'\'x{"model"'), "which model"),
}


@pytest.mark.parametrize(("content", "why"), LEFT.values(), ids=LEFT)
def test_what_is_left_out_is_told(tmp_path: Path, content: bytes, why: str) -> None:
    (tmp_path / "file").write_bytes(content)
    (left,) = brought(tmp_path, tmp_path / "fixtures")
    assert isinstance(left, Left)
    assert why in left.why
    assert written(tmp_path) == {"file": content}


def test_a_cassette_without_its_extra_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "yaml", None)
    (tmp_path / "a.yaml").write_bytes(cassette(b"{}"))
    (left,) = brought(tmp_path / "a.yaml", tmp_path / "fixtures")
    assert isinstance(left, Left)
    assert "modelmix[vcr]" in left.why


def test_what_is_too_large_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "_LARGEST", 100_000)
    (tmp_path / "a.jsonl").write_bytes(as_lines(record(), record(scenario="x" * 300_000)))
    (tmp_path / "b.json").write_bytes(b"[\n" * 60_000)
    told = brought(tmp_path, tmp_path / "fixtures")
    assert told == [
        NEW,
        Left("a.jsonl", "it cannot be read: a line has more than 0 MiB"),
        Left("b.json", "it cannot be read: it has more than 0 MiB"),
    ]


def test_of_a_collection_one_record_is_held_at_a_time(tmp_path: Path) -> None:
    padded = as_json(record(scenario="x" * 10_000)) + b"\n"
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(padded * 1500, 1))
    tracemalloc.start()
    count = sum(isinstance(each, Found) for each in exchanges(tmp_path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 1500
    assert peak < 3_000_000


def test_an_exchange_is_kept_as_it_was(tmp_path: Path) -> None:
    pieces = (streamed(delta("he"), end=False), streamed(delta("llo", "stop")))
    (tmp_path / "basic.json").write_bytes(reqllm(pieces=pieces))
    assert brought(tmp_path / "basic.json", tmp_path / "fixtures") == [NEW]
    fixture, body = kept(tmp_path / "fixtures")
    assert body == b"".join(pieces)
    assert fixture.response.chunks == tuple((0, len(piece)) for piece in pieces)
    assert (fixture.origin, fixture.time) == ("imported", "2026-01-02T03:04:05Z")
    assert fixture.source == Source(tool="req_llm", path="basic.json", scenario="basic", wire="openai-chat")
    assert fixture.request is not None
    assert json.loads(bytes(fixture.request.body)) == {"model": "m-1", "messages": MESSAGES}


def test_what_the_tool_lost_is_told(tmp_path: Path) -> None:
    lost = {"url": CHAT, "body": None, "body_dropped": True}
    (tmp_path / "a.jsonl").write_bytes(as_lines(record(request=lost)))
    assert brought(tmp_path, tmp_path / "fixtures") == [NEW]
    fixture, body = kept(tmp_path / "fixtures")
    assert fixture.request is None
    assert fixture.time == ""
    assert fixture.response.chunks == ((0, len(body)),)
    assert fixture.source is not None
    assert fixture.source.note == "how the network cut the reply is not known: it is one chunk"


def test_the_same_import_again_changes_nothing(tmp_path: Path) -> None:
    path, root = tmp_path / "recordings", tmp_path / "fixtures"
    path.mkdir()
    (path / "a.json").write_bytes(reqllm())
    (path / "b.jsonl").write_bytes(as_lines(*[record(captured_at=f"2026-01-0{day}") for day in (1, 2)]))
    (path / "c.yaml").write_bytes(cassette(reply({"content": "1"}), reply({"content": "2"})))
    first = brought(path, root)
    before = written(root)
    assert first == [NEW, NEW, SAME, NEW, NEW]
    assert brought(path, root) == [SAME] * 5
    assert brought(path / "a.json", root) == [SAME]
    assert written(root) == before


def test_what_was_damaged_since_is_written_again(tmp_path: Path) -> None:
    root = tmp_path / "fixtures"
    (tmp_path / "a.json").write_bytes(reqllm())
    assert brought(tmp_path / "a.json", root) == [NEW]
    before = written(root)
    (damaged,) = root.rglob("*.body.json")
    damaged.write_bytes(b"")
    assert brought(tmp_path / "a.json", root) == [NEW]
    assert written(root) == before


def test_exchanges_that_a_tool_calls_alike_have_numbers(tmp_path: Path) -> None:
    root = tmp_path / "fixtures"
    for name, words in (("one.jsonl", "1"), ("two.jsonl", "2"), ("three.jsonl", "3")):
        source = {"repo": "someone/something", "path": name, "index": 0}
        (tmp_path / name).write_bytes(as_lines(record(response=response(words), source=source)))
    assert brought(tmp_path / "two.jsonl", root) == [NEW]
    told = brought(tmp_path / "one.jsonl", root) + brought(tmp_path / "three.jsonl", root)
    assert told == [NEW, NEW]
    names = ["imported-text-basic", "imported-text-basic--2", "imported-text-basic--3"]
    sources = [kept(root, name)[0].source for name in names]
    assert [None if each is None else each.path for each in sources] == ["two.jsonl#0", "one.jsonl#0", "three.jsonl#0"]


def test_two_exchanges_of_one_place_are_two(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(as_lines(*[record(response=response(words)) for words in ("1", "2", "3")]))
    root = tmp_path / "fixtures"
    assert brought(tmp_path / "a.jsonl", root) == [NEW] * 3
    assert brought(tmp_path / "a.jsonl", root) == [SAME] * 3


def test_a_recording_that_was_made_again_takes_the_place_of_the_older(tmp_path: Path) -> None:
    path, root = tmp_path / "basic.json", tmp_path / "fixtures"
    path.write_bytes(reqllm(reply({"content": "old"})))
    assert brought(path, root) == [NEW]
    path.write_bytes(reqllm(reply({"content": "new"})))
    assert brought(path, root) == [NEW]
    assert b"new" in kept(root)[1]
    assert len(written(root)) == 2


def test_a_dry_run_tells_the_same_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(as_lines(record(), record(), record(scenario="other"), record(dialect="x")))
    told = brought(tmp_path / "a.jsonl", tmp_path / "fixtures", dry=True)
    assert not (tmp_path / "fixtures").exists()
    assert told == brought(tmp_path / "a.jsonl", tmp_path / "fixtures")


def test_no_scenario_of_ours_is_touched(tmp_path: Path) -> None:
    assert [name for name in SCENARIOS if imported_kind(name) is not None] == []
    root = tmp_path / "fixtures"
    stored(root, tuple(replace(each, fixture=replace(each.fixture, model="gpt-4o")) for each in OLD))
    before = written(root)
    (tmp_path / "a.jsonl").write_bytes(as_lines(record(model="gpt-4o")))
    assert brought(tmp_path / "a.jsonl", root) == [NEW]
    assert {name: content for name, content in written(root).items() if name in before} == before


def test_a_folder_that_cannot_be_written_ends_the_import(tmp_path: Path) -> None:
    (tmp_path / "fixtures").write_bytes(b"")
    (tmp_path / "a.jsonl").write_bytes(as_lines(record(), record(scenario="other")))
    (told,) = brought(tmp_path / "a.jsonl", tmp_path / "fixtures")
    assert not isinstance(told, Kept | Left)


KEY = "sk-canary-Ab0123456789cdefghijklmnop"
OWN = "plain-word-of-a-key-0815"


def halves(*pieces: str) -> bytes:
    return streamed(*[delta(piece) for piece in pieces], delta("", "stop"))


ESCAPED = "".join([f"\\u{ord(letter):04x}" for letter in KEY])

HIDDEN: Mapping[str, bytes] = {
    "a header": cassette(reply({"content": "yo"}), request_headers=f"{{authorization: [Bearer {KEY}]}}"),
    "the query": cassette(reply({"content": "yo"}), url=f"{CHAT}?key={KEY}"),
    "user and password": cassette(reply({"content": "yo"}), url=CHAT.replace("//", f"//me:{KEY}@")),
}

REFUSED: Mapping[str, tuple[bytes, str]] = {
    "the request": (reqllm(request={"model": "m-1", "key": KEY}), "an API key in the body of the request"),
    "the reply": (reqllm(reply({"content": KEY})), "an API key in the body of the reply"),
    "halves of the reply": (
        reqllm(pieces=[halves(KEY[:9], KEY[9:20], KEY[20:])]),
        "an API key in the body of the reply",
    ),
    "escapes": (
        reqllm(pieces=[halves("KEY").replace(b"KEY", ESCAPED.encode())]),
        "an API key in the body of the reply",
    ),
    "an echo of the header": (
        cassette(reply({"content": OWN}), request_headers=f"{{x-api-key: [{OWN}]}}"),
        "a configured key in the body of the reply",
    ),
    "the name of a scenario": (as_lines(record(scenario=f"test {KEY}")), "an API key in the name of the scenario"),
    "the name of a model": (as_lines(record(model=OWN)), "a configured key in the name of the model"),
    "base64 of a configured key": (
        reqllm(reply({"content": b64encode(b"x" + OWN.encode()).decode()})),
        "a configured key in the body of the reply",
    ),
}


@pytest.mark.parametrize("content", HIDDEN.values(), ids=HIDDEN)
def test_a_key_beside_the_words_is_not_kept(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)
    assert brought(tmp_path / "file", tmp_path / "fixtures") == [NEW]
    assert KEY.encode() not in b"".join(written(tmp_path / "fixtures").values())


@pytest.mark.parametrize(("content", "why"), REFUSED.values(), ids=REFUSED)
def test_a_secret_refuses_its_exchange_alone(tmp_path: Path, content: bytes, why: str) -> None:
    path, root = tmp_path / "recordings", tmp_path / "fixtures"
    path.mkdir()
    (path / "a").write_bytes(content)
    (path / "b").write_bytes(as_lines(record()))
    told = brought(path, root, (Secret(OWN),))
    assert [type(each) for each in told] == [Left, Kept]
    left = told[0]
    assert isinstance(left, Left)
    assert left.why == f"it holds a secret: {why}"
    everything = b"".join(written(root).values())
    assert KEY.encode() not in everything
    assert OWN.encode() not in everything
    assert not [name for name in written(root) if KEY.lower() in name.lower() or OWN in name]


TIMES = {
    "2025-09-21T21:01:29.280291Z": "2025-09-21T21:01:29Z",
    "2025-09-21T23:01:29+02:00": "2025-09-21T21:01:29Z",
    "Wed, 19 Aug 2026 14:34:42 GMT": "2026-08-19T14:34:42Z",
    "soon": "",
    "": "",
}


@pytest.mark.parametrize(("told", "time"), TIMES.items(), ids=TIMES)
def test_times_are_told_in_one_form(told: str, time: str) -> None:
    assert utc(told) == time
