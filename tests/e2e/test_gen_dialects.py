"""`mm gen` in every dialect: pictures go out, thinking is told apart, tools are run, plain and streamed alike."""

import base64
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import pytest

from e2e.shell import Shell
from fakes.replies import Reply, Step
from fakes.server import FaultServer
from moves import echoes
from moves.echoes import Said

PIXEL: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PICTURE: Final = base64.b64encode(PIXEL)

TOOL: Final = '''
def look(q: str, n: list[int | float | bool | None]) -> str:
    """Looks."""
    return f"seen {q} {len(n)}"
'''


class Voice(NamedTuple):
    """A model, and who writes its replies."""

    model: str
    write: Callable[[Sequence[Said]], echoes.Reply]
    kind: str = "text/event-stream"


VOICES: Final = {
    "openai-chat": Voice("groq:openai/gpt-oss-120b", echoes.chat),
    "openai-responses": Voice("openai:gpt-5", echoes.responses),
    "anthropic-messages": Voice("anthropic:claude-sonnet-4-5", echoes.anthropic),
    "google-generate": Voice("google:gemini-2.5-flash", echoes.google),
    "ollama-chat": Voice("ollama:llava", echoes.ollama, "application/x-ndjson"),
}
WAYS: Final = {"streamed": (), "plain": ("--no-stream",)}


def played(voice: Voice, way: str, *things: Said) -> Reply:
    """A reply that says some things."""
    written = voice.write(things)
    kind = "application/json" if way == "plain" else voice.kind
    return Reply(200, {"Content-Type": kind}, (Step(written.plain if way == "plain" else written.stream),))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("voice", VOICES.values(), ids=VOICES)
def test_a_picture_goes_out_and_thinking_is_no_answer(shell: Shell, voice: Voice, way: str) -> None:
    (shell.folder / "pixel.png").write_bytes(PIXEL)
    reply = played(voice, way, Said("thought", "wait", "c2ln"), Said("text", "a dot"))
    with FaultServer(reply) as server:
        place = ("-m", voice.model, "--base-url", server.url, "--unlisted")
        told = shell.inside("gen", "What is it?", "-a", "pixel.png", *place, *WAYS[way])
        (request,) = server.requests
    assert (told.out, told.code) == ("a dot\n", 0), told.err
    assert "wait" in told.err
    assert PICTURE in request.body
    assert b"What is it?" in request.body


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("voice", VOICES.values(), ids=VOICES)
def test_a_tool_is_run_and_its_result_goes_back(shell: Shell, voice: Voice, way: str) -> None:
    (shell.folder / "mine.py").write_text(TOOL, encoding="utf-8")
    call = played(voice, way, Said("call", "stars"))
    answer = played(voice, way, Said("text", "many"))
    with FaultServer([call, answer]) as server:
        place = ("-m", voice.model, "--base-url", server.url, "--unlisted", "--tool", "mine:look")
        told = shell.mm("gen", "Look up", *place, *WAYS[way])
        first, second = server.requests
    assert (told.out, told.code) == ("many\n", 0), told.err
    assert '→ look(q="stars", n=[1,2.5,null,true])' in told.err
    assert b"Looks." in first.body
    assert b"seen stars 4" in second.body
    assert b"seen stars 4" not in first.body
