"""A server that nobody here wrote breaks its answers on purpose, and judges how our client takes it: llmock (PyPI).

Skipped where it is not installed. Its verdict passes, except for what our contract wants otherwise: once output has
reached the caller, nothing is tried again, which llmock takes for giving up, or for taking half an answer for a whole
one; that it is told as an error, llmock cannot see.
"""

import json
import subprocess
import sysconfig
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import httpx
import pytest

from e2e.cases import Seen
from e2e.doors import DOORS, AsyncDoor, BlockingDoor
from e2e.shell import Shell
from e2e.sight import seen
from fakes.server import free_port
from modelmix import Deadlines, Policy, Success

Entrance = type[BlockingDoor | AsyncDoor]

WHOLE: Final = "Mock response from gpt-4o."
BEGUN: Final = "Mock response "


@pytest.fixture(scope="module")
def peer() -> Iterator[httpx.Client]:
    """A running llmock, as its own interface is spoken to."""
    if find_spec("llmock") is None:
        pytest.skip("llmock is not installed")
    port = free_port()
    program = Path(sysconfig.get_path("scripts")) / "llmock"
    command = [str(program), "serve", "-h", "127.0.0.1", "-p", str(port), "--log-level", "error"]
    command += ["--response-style", "static"]
    with (
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=5) as client,
    ):
        try:
            _wait_for(client)
            yield client
        finally:
            process.terminate()


def _wait_for(client: httpx.Client) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with suppress(httpx.TransportError):
            client.get("/_llmock/verdict")
            return
        time.sleep(0.05)
    pytest.fail("llmock does not start")


@dataclass(frozen=True)
class Fault:
    """What llmock does, what a caller sees, and what llmock may find."""

    behavior: Mapping[str, object]
    expected: Seen
    findings: frozenset[str] = frozenset()
    least: float = 0.0


def _fails(status: int, times: int = 1, **more: object) -> Mapping[str, object]:
    return {"type": "fail", "status": status, "times": times, **more}


def _breaks(kind: str, after: int = 3) -> Mapping[str, object]:
    return {"type": "stream_fault", "kind": kind, "after_chunks": after, "stall_seconds": 3}


def _answer(requests: int) -> Seen:
    # llmock counts four letters as a token.
    return Seen(text=WHOLE, spent=5, made=6, finish="stop", requests=requests)


FAULTS: Final = {
    "429 twice with Retry-After": Fault(_fails(429, 2, retry_after=0.3), _answer(3), least=0.6),
    "503 once": Fault(_fails(503, retry_after=0.1), _answer(2)),
    "529 once": Fault(_fails(529, retry_after=0.1), _answer(2)),
    "500 once": Fault(_fails(500, retry_after=0.1), _answer(2)),
    "400": Fault(_fails(400), Seen(error="rejected/invalid/400")),
    "401": Fault(_fails(401), Seen(error="rejected/auth/401")),
    "a connection that breaks": Fault(_breaks("disconnect"), Seen(text=BEGUN, error="dropped"), frozenset({"gave_up"})),
    "an end without a finish reason": Fault(
        _breaks("truncate"),
        Seen(text=BEGUN, error="truncated/connection"),
        frozenset({"truncated_stream_accepted"}),
    ),
    "no answer at all": Fault(_breaks("truncate", 0), _answer(2)),
    "a stall": Fault(_breaks("stall"), Seen(text=BEGUN, error="timed_out/idle/0.5")),
    "an event that is no JSON": Fault(
        _breaks("malformed"),
        Seen(text=BEGUN, error="undecodable/malformed_event"),
        frozenset({"malformed_chunk_ignored"}),
    ),
}


@pytest.mark.parametrize("entrance", DOORS.values(), ids=DOORS)
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_peer_finds_nothing_but_what_our_contract_wants(peer: httpx.Client, entrance: Entrance, fault: Fault) -> None:
    peer.post("/_llmock/reset").raise_for_status()
    peer.post("/_llmock/scenario", json={"behaviors": [fault.behavior]}).raise_for_status()
    begun = time.monotonic()
    with entrance(deadlines=Deadlines(idle=0.5), policy=Policy(first=0.1)) as client:
        streamed = client.stream("openai:gpt-4o", "What is the weather?", base_url=f"{peer.base_url}/v1")
        assert time.monotonic() - begun >= fault.least
    verdict = peer.get("/_llmock/verdict").json()
    assert seen(streamed.outcome, verdict["attempts"]) == fault.expected
    assert {finding["code"] for finding in verdict["findings"]} == fault.findings


PLACES: Final = ("/v1", "/groq/openai/v1", "/together/v1", "/xai/v1", "/mistral/v1", "/perplexity/v1")


@pytest.mark.parametrize("place", PLACES)
def test_the_dialect_is_understood_at_each_place_that_speaks_it(peer: httpx.Client, place: str) -> None:
    peer.post("/_llmock/reset").raise_for_status()
    with BlockingDoor(policy=Policy(retries=0)) as client:
        url = f"{peer.base_url}{place}".replace("//", "/").replace(":/", "://")
        streamed = client.stream("openai:gpt-4o", "hi", base_url=url)
        whole = client.text("openai:gpt-4o", "hi", base_url=url)
    assert isinstance(streamed.outcome, Success)
    assert isinstance(whole, Success)
    assert streamed.outcome.unwrap().text == whole.unwrap().text != ""
    assert peer.get("/_llmock/verdict").json()["passed"] is True


def test_any_server_is_found_out_about(peer: httpx.Client, shell: Shell) -> None:
    peer.post("/_llmock/reset").raise_for_status()
    told = shell.inside("compat", str(peer.base_url.join("/v1")), "--format", "json")
    assert (told.err, told.code) == ("", 0)
    found = json.loads(told.out)
    assert {row["dialect"] for row in found["speaks"]} == {"openai-chat", "openai-responses"}
    states = found["dialects"][0]["capabilities"]
    assert [states[name] for name in ("plain answers", "streaming", "usage", "embeddings")] == ["holds"] * 4
    # It calls any tool and fills any schema, with values that mean nothing, as a model might.
    assert states["tools"] == states["structured output"] == "unclear"
