"""Recordings served again: found by their request, given chunk by chunk, refused with the first difference."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec
import pytest
from returns.result import Failure, Success

from modelmix import explain
from modelmix.compat.fixture import Fixture, RecordedRequest, RecordedResponse, name_of, written
from modelmix.compat.taken import compact, digest
from modelmix.testing.mock import MockProvider, Rule
from modelmix.testing.mock.recordings import load
from modelmix.testing.mock.script import Script
from modelmix.testing.mock.seen import Request
from unit.testing.asking import JSON, ask

CHAT: Final[Mapping[str, object]] = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hi"}]}
PATH: Final = "/v1/chat/completions"


def _keep(
    root: Path,
    scenario: str,
    chunks: tuple[bytes, ...],
    *,
    body: Mapping[str, object] | None = CHAT,
    url: str = "https://api.openai.com/v1/chat/completions",
    step: int = 1,
    status: int = 200,
    model: str = "gpt-4o",
) -> Path:
    """Writes a recording, its chunks 40 ms apart."""
    folder = root / "openai" / model
    folder.mkdir(parents=True, exist_ok=True)
    name = name_of(scenario, step)
    whole = b"".join(chunks)
    (folder / f"{name}.sse").write_bytes(whole)
    sent = json.dumps(body).encode()
    request = RecordedRequest("POST", url, {}, msgspec.Raw(sent), digest(compact(sent)))
    fixture = Fixture(
        origin="simulated",
        provider="openai",
        model=model,
        scenario=scenario,
        step=step,
        library="0",
        time="2025-01-29T10:30:00Z",
        request=None if body is None else request,
        response=RecordedResponse(
            status=status,
            headers={"content-type": "text/event-stream", "content-length": "7", "x-kept": "yes"},
            file=f"{name}.sse",
            sha256=digest(whole),
            chunks=tuple((40 * at, len(chunk)) for at, chunk in enumerate(chunks, 1)),
        ),
    )
    (folder / f"{name}.json").write_bytes(written(fixture))
    return folder / f"{name}.sse"


def _request(body: object, path: str = PATH) -> Request:
    return Request(method="POST", target=path, headers=JSON, body=json.dumps(body).encode())


def test_a_recorded_reply_comes_in_its_chunks(tmp_path: Path) -> None:
    _keep(tmp_path, "streaming", (b"data: a", b"\n\nda", b"ta: b\n\n"))
    script = Script(recordings=load(tmp_path).unwrap())
    reply, _ = script.answer(_request({"messages": CHAT["messages"], "model": "gpt-4o"}))
    assert [step.data for step in reply.steps] == [b"data: a", b"\n\nda", b"ta: b\n\n"]
    assert [step.delay for step in reply.steps] == [0.0, 0.0, 0.0]
    assert reply.streamed
    kept = {"content-type": "text/event-stream", "x-kept": "yes"}
    assert {name: value for name, value in reply.headers if name != "x-request-id"} == kept


def test_a_recorded_reply_comes_at_its_pace_if_that_is_wanted(tmp_path: Path) -> None:
    _keep(tmp_path, "streaming", (b"a", b"b"))
    reply, _ = Script(recordings=load(tmp_path).unwrap(), pace=True).answer(_request(CHAT))
    assert [step.delay for step in reply.steps] == [0.04, 0.04]


def test_the_base_url_of_the_recording_does_not_matter(tmp_path: Path) -> None:
    _keep(tmp_path, "basic", (b"data: x\n\n",), url="https://api.groq.com/openai/v1/chat/completions")
    assert ask(Script(recordings=load(tmp_path).unwrap()), PATH, CHAT).document == "data: x\n\n"


def test_the_same_request_again_gets_the_next_of_its_scenario(tmp_path: Path) -> None:
    _keep(tmp_path, "retried", (b"slow down",), status=429)
    _keep(tmp_path, "retried", (b"now",), step=2)
    script = Script(recordings=load(tmp_path).unwrap())
    told = [ask(script, PATH, CHAT) for _ in range(3)]
    assert [(each.status, each.document) for each in told] == [(429, "slow down"), (200, "now"), (200, "now")]


DRIFTS: Final[dict[str, tuple[object, int, str]]] = {
    "another text": (
        {**CHAT, "messages": [{"role": "user", "content": "ho"}]},
        400,
        '$.messages[0].content: recorded "hi", sent "ho"',
    ),
    "one more field": ({**CHAT, "temperature": 0}, 400, "$.temperature: recorded nothing, sent 0"),
    "true is not 1": ({**CHAT, "stream": True}, 400, "$.stream: recorded nothing, sent true"),
    "another model": ({**CHAT, "model": "gpt-x"}, 404, "nothing is recorded for gpt-x; recorded is gpt-4o"),
}


@pytest.mark.parametrize(("body", "status", "why"), DRIFTS.values(), ids=DRIFTS)
def test_what_was_not_recorded_is_refused_with_the_first_difference(
    tmp_path: Path, body: object, status: int, why: str
) -> None:
    _keep(tmp_path, "basic", (b"data: x\n\n",))
    _keep(tmp_path, "far", (b"y",), body={"model": "gpt-4o", "messages": [], "n": 1, "top_p": 1, "stop": ["a"]})
    told = ask(Script(recordings=load(tmp_path).unwrap()), PATH, body)
    assert told.status == status
    message = told.document["error"]["message"]
    assert why in message
    assert status == 404 or "openai/gpt-4o/basic" in message


def test_rules_answer_what_was_not_recorded(tmp_path: Path) -> None:
    _keep(tmp_path, "basic", (b"data: x\n\n",))
    script = Script([Rule(text="by rule")], load(tmp_path).unwrap())
    assert ask(script, PATH, CHAT).document == "data: x\n\n"
    assert "by rule" in str(ask(script, PATH, {**CHAT, "model": "gpt-x"}).document)


def test_recorded_models_are_listed_and_recordings_without_a_request_pass_over(tmp_path: Path) -> None:
    _keep(tmp_path, "basic", (b"x",))
    _keep(tmp_path, "imported", (b"x",), body=None, model="gpt-y")
    told = ask(Script(recordings=load(tmp_path).unwrap()), "/v1/models", b"", method="GET")
    assert [model["id"] for model in told.document["data"]] == ["gpt-4o"]


def test_a_damaged_recording_is_named(tmp_path: Path) -> None:
    beside = _keep(tmp_path, "basic", (b"data: x\n\n",))
    beside.write_bytes(b"data: y\n\n")
    outcome = load(tmp_path)
    assert isinstance(outcome, Failure)
    told = explain(outcome.failure()).summary
    assert str(beside) in told
    assert "not the reply that was recorded" in told
    with pytest.raises(ValueError, match="not the reply that was recorded"):
        MockProvider(fixtures=tmp_path)


def test_a_folder_without_recordings_has_none(tmp_path: Path) -> None:
    assert load(tmp_path) == Success(())
    assert isinstance(load(tmp_path / "nowhere"), Failure)
