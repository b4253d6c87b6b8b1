"""Recordings of other tools are read as the exchanges that they are, and what is left out is told."""

import gzip
import json
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from modelmix.compat.imports.collected import read_collected
from modelmix.compat.imports.found import Found, Left, Reader, flat, model_of, wire_of
from modelmix.compat.imports.placing import placed, provider_of
from modelmix.compat.imports.reqllm import read_reqllm
from modelmix.compat.imports.vcr import read_vcr
from modelmix.providers.load import built_in

REQUEST = {"model": "m-1", "messages": [{"role": "user", "content": "hi"}]}
REPLY = {"id": "x", "choices": [{"message": {"content": "yo"}, "finish_reason": "stop"}]}
URL = "https://api.openai.com/v1/chat/completions"
PIECES = (b'data: {"choices":[]}\n\n', b"data: [DONE]\n\n")


def coded(data: bytes) -> str:
    return b64encode(data).decode()


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


REQLLM: dict[str, object] = {
    "request": {
        "method": "post",
        "url": URL,
        "headers": {"content-type": ["application/json"]},
        "body": {"b64": coded(as_json(REQUEST))},
        "canonical_json": REQUEST,
    },
    "response": {"status": 200, "headers": {"Content-Type": ["application/json"]}, "body": REPLY},
}
CHUNKED: dict[str, object] = {
    **REQLLM,
    "captured_at": "2026-01-02T03:04:05Z",
    "response": {"status": 200, "headers": {"content-type": "text/event-stream"}, "body": None},
    "chunks": [{"b64": coded(piece), "decoded": piece.decode()} for piece in PIECES],
}

PYTHON = f"""
interactions:
- request:
    headers: {{content-type: [application/json]}}
    method: POST
    parsed_body: {json.dumps(REQUEST)}
    uri: {URL}
  response:
    headers: {{content-type: [application/json]}}
    parsed_body: {json.dumps(REPLY)}
    status: {{code: 200, message: OK}}
- request:
    body: '{json.dumps(REQUEST)}'
    headers: {{}}
    method: POST
    uri: {URL}
  response:
    body:
      string: "data: [DONE]\\n\\n"
    headers: {{Content-Type: [text/event-stream]}}
    status: {{code: 200, message: OK}}
- request: {{body: null, headers: {{}}, method: POST, uri: '{URL}'}}
  response:
    body:
      string: !!binary {coded(gzip.compress(as_json(REPLY)))}
    headers: {{Content-Encoding: [gzip]}}
    status: {{code: 429, message: Too Many Requests}}
- request: {{body: '', headers: {{}}, method: GET, uri: 'https://api.openai.com/v1/models'}}
  response: {{body: {{string: '{{}}'}}, headers: {{}}, status: {{code: 200, message: OK}}}}
version: 1
""".encode()

RUBY = f"""
http_interactions:
- request:
    method: post
    uri: {URL}
    body: {{encoding: UTF-8, string: '{json.dumps(REQUEST)}'}}
    headers: {{Content-Type: [application/json]}}
  response:
    status: {{code: 200, message: OK}}
    headers: {{Content-Type: [application/json]}}
    body: {{encoding: UTF-8, string: '{json.dumps(REPLY)}'}}
  recorded_at: 'Fri, 02 Jan 2026 03:04:05 GMT'
recorded_with: VCR 6.3.1
""".encode()

RECORD: dict[str, object] = {
    "source": {"repo": "someone/something", "path": "a/b.json", "index": 3},
    "provider": "openai",
    "dialect": "openai-chat",
    "model": "m-1",
    "scenario": "basic",
    "request": {"method": "POST", "url": URL, "headers": {}, "body": REQUEST},
    "response": {
        "status": 200,
        "headers": {"content-type": "text/event-stream"},
        "fidelity": "exact",
        "sizes": [len(piece) for piece in PIECES],
        "body": {"text": b"".join(PIECES).decode()},
    },
}


def only(reader: Reader, content: bytes) -> Found:
    (found,) = reader(content, "folder/basic.json")
    assert isinstance(found, Found)
    return found


ONE: dict[str, tuple[Reader, bytes]] = {
    "ReqLLM": (read_reqllm, as_json(REQLLM)),
    "VCR for Ruby": (read_vcr, RUBY),
    "a collection": (read_collected, as_json(RECORD)),
}


@pytest.mark.parametrize(("reader", "content"), ONE.values(), ids=ONE)
def test_an_exchange_is_read(reader: Reader, content: bytes) -> None:
    found = only(reader, content)
    assert (found.wire, found.model, found.method, found.url, found.status) == ("openai-chat", "m-1", "POST", URL, 200)
    assert found.scenario == "basic"
    assert found.request is not None
    assert json.loads(found.request) == REQUEST
    assert found.headers["content-type"] in {"application/json", "text/event-stream"}


def test_the_chunks_of_a_stream_keep_their_bounds() -> None:
    for reader, content in ((read_reqllm, as_json(CHUNKED)), (read_collected, as_json(RECORD))):
        found = only(reader, content)
        assert found.body == b"".join(PIECES)
        assert found.sizes == tuple(map(len, PIECES))
    assert only(read_reqllm, as_json(CHUNKED)).time == "2026-01-02T03:04:05Z"


def test_a_cassette_holds_exchanges_in_every_form() -> None:
    parsed, streamed, packed, other = read_vcr(PYTHON, "cassettes/test_it.yaml")
    assert isinstance(parsed, Found)
    assert isinstance(streamed, Found)
    assert isinstance(packed, Found)
    assert (json.loads(parsed.body), parsed.scenario, parsed.model) == (REPLY, "test_it", "m-1")
    assert "written again" in parsed.note
    assert (streamed.body, streamed.note) == (b"data: [DONE]\n\n", "")
    assert (json.loads(packed.body), packed.status, packed.model) == (REPLY, 429, None)
    assert other == Left(
        "cassettes/test_it.yaml#4", "modelmix does not speak what is spoken at https://api.openai.com/v1/models"
    )


def changed(document: dict[str, object], part: str, **more: object) -> bytes:
    inner = cast("dict[str, object]", document[part])
    return as_json({**document, part: {**inner, **more}})


LEFT: dict[str, tuple[Reader, bytes, str]] = {
    "no JSON": (read_reqllm, b"{", "no fixture"),
    "another document": (read_reqllm, b"[1]", "no fixture"),
    "no reply": (read_reqllm, changed(REQLLM, "response", body=None), "no reply"),
    "bad base64": (read_reqllm, changed(REQLLM, "request", body={"b64": "*"}), "no fixture"),
    "another API": (read_reqllm, changed(REQLLM, "request", url="https://a.example/v1/images"), "does not speak"),
    "no YAML": (read_vcr, b"a: [", "no YAML"),
    "a YAML tag that makes objects": (read_vcr, b"!!python/object/apply:os.system [true]", "no YAML"),
    "YAML without end": (read_vcr, b"[" * 20_000, "no YAML"),
    "another YAML": (read_vcr, b"version: 1", "no cassette"),
    "a broken body": (read_vcr, PYTHON.replace(b"!!binary ", b"!!binary AAAA", 1), ""),
    "no record": (read_collected, b"[]", "no record"),
    "half a record": (read_collected, as_json({"response": {}}), "no record"),
    "another dialect": (read_collected, as_json({**RECORD, "dialect": "bedrock-converse"}), "does not speak"),
}


@pytest.mark.parametrize(("reader", "content", "why"), LEFT.values(), ids=LEFT)
def test_what_cannot_be_read_is_told(reader: Reader, content: bytes, why: str) -> None:
    left = [each for each in reader(content, "x") if isinstance(each, Left)]
    assert left
    assert why in left[0].why
    assert left[0].path.startswith("x")


@given(content=st.binary(max_size=300))
def test_any_bytes_are_read_or_told(content: bytes) -> None:
    for reader in (read_reqllm, read_vcr, read_collected):
        assert all(isinstance(each, Found | Left) for each in reader(content, "x"))


PROVIDERS = {
    URL: "openai",
    "https://api.anthropic.com/v1/messages": "anthropic",
    "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent": "google",
    "https://generativelanguage.googleapis.com/v1alpha/models/gemini-2.5-flash:generateContent": "google",
    "https://api.deepseek.com/chat/completions": "deepseek",
    "https://api.minimax.io/v1/chat/completions": "minimax",
    "https://mine.openai.azure.com/openai/deployments/x/chat/completions": "azure",
    "https://us-central1-aiplatform.googleapis.com/v1/projects/p/x:generateContent": "google-vertex",
    "https://llm.corp.example/v1/chat/completions": "llm.corp.example",
}


@pytest.mark.parametrize(("url", "provider"), PROVIDERS.items(), ids=PROVIDERS)
def test_a_url_tells_the_provider(url: str, provider: str) -> None:
    assert provider_of(url) == provider


MODELS: Sequence[tuple[str, object, str | None]] = (
    (URL, REQUEST, "m-1"),
    ("https://a.example/v1beta/models/gemini-2.5-pro:generateContent", {}, "gemini-2.5-pro"),
    ("https://a.example/v1beta/models/gemini-2.5-pro:batchEmbedContents", None, "gemini-2.5-pro"),
    (URL, None, None),
)


@pytest.mark.parametrize(("url", "request_body", "model"), MODELS)
def test_a_request_tells_the_model(url: str, request_body: dict[str, str] | None, model: str | None) -> None:
    assert model_of(url, request_body) == model


def test_a_provider_of_the_settings_comes_first() -> None:
    own = {"corp": replace(built_in("openai"), id="corp", base_url="https://llm.corp.example/v1")}
    assert placed("https://llm.corp.example/v1/chat/completions", "theirs", own) == "corp"
    assert placed("https://llm.corp.example/v2/chat/completions", "theirs", own) == "theirs"
    assert placed(URL, "theirs", own) == "openai"
    assert placed("https://me:secret@api.openai.com/v1/chat/completions", None) == "openai"
    assert placed("https://api.perplexity.ai/v1/embeddings", None) == "perplexity"


def test_headers_are_told_in_one_form() -> None:
    assert flat({"A": ["1", "2"], "b": "3"}) == {"a": "1, 2", "b": "3"}
    assert flat(None) == {}


def test_what_is_not_spoken_is_not_taken_for_something_else() -> None:
    assert wire_of("https://bedrock-runtime.us-east-1.amazonaws.com/model/x/converse") is None
    assert wire_of("https://api.openai.com/v1/chat/completions?api-version=1") == "openai-chat"


def test_recordings_are_read_and_every_one_left_out_is_told(shared: Path) -> None:
    found = left = lines = 0
    for path in sorted((shared / "recordings/dev").glob("*.jsonl.gz")):
        content = gzip.decompress(path.read_bytes())
        lines += content.count(b"\n")
        for each in read_collected(content, path.name):
            if isinstance(each, Left):
                assert "does not speak" in each.why
                left += 1
            else:
                found += 1
    assert found > 4000
    assert found + left == lines
