"""`mm gen` against a server that plays what the providers really said: it prints the recorded text and usage.

Expected values are those of the recordings' oracle. Where the recordings are not at hand, these tests are skipped.
"""

import random
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

import pytest

from e2e.recorded import PROVIDERS, TAGGED, Problem, Recording, records, reply
from e2e.shell import Shell, Told
from fakes.replies import Reply, answer
from fakes.server import FaultServer, Request
from modelmix.cli.gen import Spoken, gen
from modelmix.decode import DIALECTS, DialectName, decoder

CUT: Final = "The answer was cut off before its end"
# Of the other providers no error, and of LM Studio no stream, is recorded.
FAILING: Final = ("groq", "openrouter", "lmstudio", "minimax", "perplexity", "anthropic", "google", "openai")
STREAMING: Final = tuple(provider for provider in PROVIDERS if provider != "lmstudio")

# The oracle tells the kind by the status; these words, of models and keys under 400 and of a stream's error that has no
# status, say more.
WORDS: Final = {
    "API key not valid": 3,
    "does not exist": 4,
    "Invalid model identifier": 4,
    "unknown model": 4,
    "is not supported with the Responses API": 4,
    "rate-limits to learn more": 5,
    "exceeded your current quota": 5,
}
# Its deltas were shortened by hand, so that the whole text beside them, which the oracle reads, says more.
EDITED: Final = frozenset({"vercel-ai/openai/responses/openai-shell-container.1.chunks.txt"})
KINDS: Final = {"authentication": 3, "permission": 3, "not_found": 4, "rate_limit": 5, "quota": 5}


class Player:
    """Plays one reply after another, whichever is in."""

    def __init__(self) -> None:
        self.reply: Reply = answer("nothing is in")

    def play(self, request: Request) -> Reply:
        """The reply that is in, whatever is asked."""
        assert request.method == "POST"
        return self.reply


@pytest.fixture(scope="module")
def player() -> Player:
    return Player()


@pytest.fixture(scope="module")
def server(player: Player) -> Iterator[FaultServer]:
    with FaultServer(player.play) as server:
        yield server


def line(recording: Recording, server: FaultServer) -> tuple[str, ...]:
    """What a user types."""
    spec = f"{recording.provider}:{recording.model or 'unknown'}"
    how = () if recording.streaming else ("--no-stream",)
    return ("gen", "hi", "-m", spec, "--base-url", server.url, "--retries", "0", "--dialect", recording.dialect, *how)


def play(recording: Recording, player: Player, server: FaultServer, shell: Shell, cut: int | None = None) -> Told:
    """What `gen` says of a recording; called without a command line, which takes longer to read than all the rest."""
    player.reply = reply(recording, cut)
    place = Spoken(base_url=server.url, retries=0, dialect=dialect_of(recording))
    spec = f"{recording.provider}:{recording.model or 'unknown'}"
    return shell.captured(lambda: gen("hi", model=spec, stream=recording.streaming, place=place))


def ended(text: str) -> str:
    """A text with the end of its last line."""
    return text if text.endswith("\n") else f"{text}\n"


def code(recording: Recording, problem: Problem) -> int:
    """The exit code of a recorded error."""
    if recording.answer.text or recording.answer.reasoning:
        return 7
    told = next((number for words, number in WORDS.items() if words in (problem.message or "")), None)
    return told or KINDS.get(problem.kind or "", 1)


def words(text: str) -> str:
    """A text without the lines that thinking is set off with where an answer comes in between."""
    return " ".join(text.split())


def check(recording: Recording, told: Told) -> None:
    """Holds what was printed against what the oracle says."""
    expected, said = recording.expected, recording.answer
    counts = expected.usage_full
    assert told.code == 0, (recording.id, told.err)
    assert told.out == ended(said.text), recording.id
    assert words(said.reasoning) in words(told.err.replace("\u241b", "\x1b")), recording.id
    if counts.input_total is None or counts.output_total is None:
        return
    stats = rf"^\d+ms • {counts.input_total}→{counts.output_total} tokens( |$)"
    assert re.search(stats, told.err, re.MULTILINE), (recording.id, told.err[-200:])


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_recorded_text_and_usage_are_printed(
    shared: Path, shell: Shell, server: FaultServer, player: Player, provider: str
) -> None:
    played = 0
    for recording in records(shared, provider):
        if recording.expected.error is None and recording.id not in EDITED:
            check(recording, play(recording, player, server, shell))
            played += 1
    assert played > 0


@pytest.mark.parametrize("provider", FAILING)
def test_recorded_errors_are_told_with_their_words_and_code(
    shared: Path, shell: Shell, server: FaultServer, player: Player, provider: str
) -> None:
    played = 0
    for recording in records(shared, provider):
        problem = recording.expected.error
        if problem is not None:
            played += 1
            told = play(recording, player, server, shell)
            assert told.code == code(recording, problem), (recording.id, told)
            assert told.out == (ended(recording.answer.text) if recording.answer.text else ""), recording.id
            assert "\nError: " in told.err, recording.id
            first = " ".join((problem.message or "").split())[:80]
            assert first in " ".join(told.err.split()), (recording.id, told.err)
    assert played > 0


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_process_prints_a_recording_too(shared: Path, shell: Shell, provider: str) -> None:
    told = [
        recording
        for recording in records(shared, provider)
        if recording.expected.error is None and recording.answer.text
    ]
    streamed = [recording for recording in told if recording.streaming] or told
    with FaultServer(reply(streamed[0])) as server:
        check(streamed[0], shell.mm(*line(streamed[0], server)))


# Cuts


def dialect_of(recording: Recording) -> DialectName:
    """The dialect of a recording, as the decoder knows it."""
    return next(name for name in DIALECTS if name == recording.dialect)


def marker(recording: Recording) -> int | None:
    """After how many bytes the terminal marker is complete, read off the uncut decode; None where there is none."""
    reader, body = decoder(dialect_of(recording)), recording.body
    for at in range(len(body)):
        reader.absorb(body[at : at + 1])
        if reader.complete:
            # Complete with the last byte of its payload: a blank line adds nothing.
            return len(body[: at + 1].rstrip())
    return None


def shown(recording: Recording, cut: int) -> str:
    """The text in the first bytes of a stream."""
    reader = decoder(dialect_of(recording), tags="think" if recording.provider in TAGGED else "none")
    reader.feed(recording.body[:cut])
    reader.finish()
    found = reader.answer()
    return "" if found is None else found.text


@pytest.mark.parametrize("provider", STREAMING)
def test_a_stream_that_is_cut_exits_7_before_its_end_and_0_after_it(
    shared: Path, shell: Shell, server: FaultServer, player: Player, provider: str
) -> None:
    streams = (recording for recording in records(shared, provider) if recording.streaming)
    fine = (recording for recording in streams if recording.expected.error is None and len(recording.body) < 1 << 16)
    chosen = list(islice(fine, 5))
    assert chosen
    for recording in chosen:
        end = marker(recording)
        assert end is not None, recording.id
        chance = random.Random(recording.id)
        for cut in {0, 1, 7, *(chance.randrange(end) for _ in range(4)), end - 1}:
            told = play(recording, player, server, shell, cut)
            text = shown(recording, cut)
            assert (told.code, told.out) == (7, ended(text) if text else ""), (recording.id, cut, told)
            assert recording.answer.text.startswith(text), (recording.id, cut)
            assert len(re.findall(r"^Error: .+$", told.err, re.MULTILINE)) == 1, (recording.id, cut, told.err)
        for cut in (end, chance.randrange(end, len(recording.body) + 1), len(recording.body)):
            told = play(recording, player, server, shell, cut)
            assert (told.code, told.out) == (0, ended(recording.answer.text)), (recording.id, cut, told)


def test_a_process_that_loses_its_stream_says_so_too(shared: Path, shell: Shell) -> None:
    recording = next(found for found in records(shared, "togetherai") if found.streaming)
    end = marker(recording)
    assert end is not None
    with FaultServer(reply(recording, end - 1)) as server:
        told = shell.mm(*line(recording, server))
    assert (told.out, told.code) == (ended(recording.answer.text), 7)
    assert f"\nError: {CUT}" in told.err
