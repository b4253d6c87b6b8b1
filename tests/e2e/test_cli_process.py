"""What only a process can show: signals, pipes that close, terminals and encodings."""

import json
import os
import pty
import re
import select
import signal
import subprocess
import time
import tty
from pathlib import Path
from typing import IO, Final

import pytest

from e2e.shell import LONGEST, Shell
from fakes.replies import DONE, Reply, Step, answer, broken, delta, silence, stream, streamed_answer, words
from fakes.server import FaultServer

ASK: Final = ("gen", "hi", "-m", "openai:gpt-4o")
HANGING: Final = broken(*words("Hel"), action="stall")


def read_until(stream: IO[bytes] | None, wanted: bytes) -> bytes:
    """What a stream says up to some bytes; nothing more is waited for than a test may take."""
    assert stream is not None
    found, until = b"", time.monotonic() + LONGEST
    while wanted not in found and time.monotonic() < until:
        ready, _, _ = select.select([stream], [], [], 1)
        piece = os.read(stream.fileno(), 4096) if ready else b""
        if ready and not piece:
            break
        found += piece
    return found


# Ctrl-C


def _interrupted(shell: Shell, reply: Reply, *arguments: str, after: bytes) -> tuple[bytes, bytes, int]:
    """What a command says that is interrupted once some bytes have come to stdout, or the banner to stderr."""
    with FaultServer(reply) as server, shell.start(*ASK, *arguments, "--base-url", server.url) as process:
        out = read_until(process.stdout, after) if after else b""
        err = b"" if after else read_until(process.stderr, b"\n\n")
        while not server.requests:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        rest, more = process.communicate(timeout=20)
        assert server.was_left(within=1)
    return out + rest, err + more, process.returncode


def test_an_interrupt_in_the_midst_keeps_the_text(shell: Shell) -> None:
    out, err, code = _interrupted(shell, HANGING, after=b"Hel")
    assert (out, code) == (b"Hel\n", 130)
    assert b"Traceback" not in err


INTERRUPTED: Final = {
    "before the first output": (silence("stall"), ()),
    "while an object comes in": (HANGING, ("--json",)),
    "while a whole answer comes in": (silence("stall"), ("--no-stream",)),
}


@pytest.mark.parametrize(("reply", "arguments"), INTERRUPTED.values(), ids=INTERRUPTED)
def test_an_interrupt_leaves_stdout_empty(shell: Shell, reply: Reply, arguments: tuple[str, ...]) -> None:
    out, err, code = _interrupted(shell, reply, *arguments, after=b"")
    assert (out, code) == (b"", 130)
    assert b"Traceback" not in err


# Pipes that close


def test_a_reader_that_has_enough_ends_the_command_quietly(shell: Shell) -> None:
    long = stream(*(Step(word, 0.002) for word in words("x" * 9000)[:1] * 400), delta("stop"), DONE)
    with FaultServer(long) as server, shell.start(*ASK, "--base-url", server.url) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(1) == b"x"
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(timeout=20) == 0
        assert server.was_left(within=1)
    assert err == 'openai:gpt-4o → "hi"\n\n'.encode()


def test_a_reader_that_never_reads_ends_the_command_quietly(shell: Shell) -> None:
    with FaultServer(streamed_answer("4")) as server:
        command = ["sh", "-c", '"$@" | true', "sh", *_command(shell, *ASK, "--base-url", server.url)]
        told = subprocess.run(
            command, capture_output=True, cwd=shell.folder, env=shell.environment({}), timeout=60, check=False
        )
    assert told.stdout == b""
    assert b"Traceback" not in told.stderr
    assert b"BrokenPipe" not in told.stderr
    assert b"Exception" not in told.stderr


def _command(shell: Shell, *arguments: str) -> list[str]:
    import sys

    return [sys.executable, "-m", "modelmix", *arguments]


# Encodings

ENCODINGS: Final = {
    "ascii": b"caf\\xe9 \\U0001f600 \\u241b\n",
    "latin-1": b"caf\xe9 \\U0001f600 \\u241b\n",
    "utf-8": "café \U0001f600 \u241b\n".encode(),
}


@pytest.mark.parametrize(("encoding", "expected"), ENCODINGS.items(), ids=ENCODINGS)
def test_letters_that_an_encoding_lacks_are_escaped(shell: Shell, encoding: str, expected: bytes) -> None:
    env = {"PYTHONIOENCODING": encoding}
    with (
        FaultServer(streamed_answer("caf\u00e9 ", "\U0001f600", " \u241b")) as server,
        shell.start(*ASK, "--base-url", server.url, env=env) as process,
    ):
        out, err = process.communicate(timeout=LONGEST)
    assert (out, process.returncode) == (expected, 0)
    assert b"Traceback" not in err


# Terminals

OWN: Final = (
    ("a\x1b[31mred\x1b[0m", "a\u241b[31mred\u241b[0m"),
    ("\x1b]2;title\x1b\\\x9b6n\u2066x", "\u241b]2;title\u241b\\\ufffd6n\ufffdx"),
)


def _payloads(shared: Path | None) -> list[tuple[str, str]]:
    """Texts that would act on a terminal, and what is to be shown of them."""
    if shared is None:
        return list(OWN)
    vectors = json.loads((shared / "vectors" / "hostile-inputs.json").read_text(encoding="utf-8"))["terminal"]
    return [
        (vector["input"] if "input" in vector else json.loads(vector["input_json_escape"]), vector["expected_tty"])
        for vector in vectors
    ]


def on_terminal(shell: Shell, *arguments: str, env: dict[str, str] | None = None) -> tuple[str, int]:
    """What a terminal gets from a command whose output goes there, and its exit code."""
    terminal, end = pty.openpty()
    tty.setraw(end)
    with shell.start(*arguments, stdout=end, stderr=end, env={"TERM": "xterm", **(env or {})}) as process:
        os.close(end)
        written = b""
        while True:
            try:
                piece = os.read(terminal, 1 << 16)
            except OSError:
                # Linux tells the end of a terminal so.
                break
            if not piece:
                break
            written += piece
        code = process.wait(timeout=20)
    os.close(terminal)
    return written.decode(), code


def _answer_on_terminal(shell: Shell, pieces: list[str], *arguments: str) -> str:
    with FaultServer(stream(*words(*pieces), delta("stop"), DONE)) as server:
        shown, code = on_terminal(shell, *ASK, "-l", "warning", "--base-url", server.url, *arguments)
    assert code == 0
    return shown


CUTS: Final = {"whole": None, "letter by letter": 1}


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
def test_our_own_hostile_texts_cannot_act_on_a_terminal(shell: Shell, cut: int | None) -> None:
    _check_payloads(shell, _payloads(None), cut)


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
def test_known_hostile_texts_cannot_act_on_a_terminal(shell: Shell, shared: Path, cut: int | None) -> None:
    _check_payloads(shell, _payloads(shared), cut)


def _check_payloads(shell: Shell, payloads: list[tuple[str, str]], cut: int | None) -> None:
    # A bar between them, so that none begins or ends in the other.
    whole = "|".join(text for text, _ in payloads)
    pieces = [whole] if cut is None else [whole[at : at + cut] for at in range(0, len(whole), cut)]
    shown = _answer_on_terminal(shell, pieces)
    assert shown == "|".join(expected for _, expected in payloads) + "\n"
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", shown)


def test_raw_leaves_control_sequences_on_a_terminal(shell: Shell) -> None:
    assert _answer_on_terminal(shell, ["\x1b[31mred"], "--raw") == "\x1b[31mred\n"


def test_a_pipe_gets_the_bytes_as_they_are_unless_asked(shell: Shell) -> None:
    with FaultServer(streamed_answer("\x1b[31mred")) as server:
        line = (*ASK, "-l", "warning", "--base-url", server.url)
        assert shell.inside(*line).out == "\x1b[31mred\n"
        assert shell.inside(*line, "--sanitize").out == "\u241b[31mred\n"


def test_hostile_prompts_reasoning_and_ids_cannot_act_on_a_terminal(shell: Shell) -> None:
    evil = "\x1b]0;owned\x07"
    reply = stream(delta(reasoning_content=evil), *words("4"), delta("stop"), DONE, headers={"x-request-id": "r\x9b2J"})
    with FaultServer(reply) as server:
        line = ("gen", evil, "-m", "openai:gpt-4o", "-l", "debug", "--color", "never", "--base-url", server.url)
        shown, code = on_terminal(shell, *line)
    assert code == 0
    assert "\u241b]0;owned\u2407" in shown
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", shown)


COLORS: Final[dict[str, tuple[tuple[str, ...], dict[str, str], bool]]] = {
    "a terminal gets color": ((), {}, True),
    "NO_COLOR keeps it away": ((), {"NO_COLOR": "1"}, False),
    "a dumb terminal gets none": ((), {"TERM": "dumb"}, False),
    "never keeps it away": (("--color", "never"), {}, False),
    "always wins over NO_COLOR": (("--color", "always"), {"NO_COLOR": "1"}, True),
}


@pytest.mark.parametrize(("arguments", "env", "colored"), COLORS.values(), ids=COLORS)
def test_color(shell: Shell, arguments: tuple[str, ...], env: dict[str, str], colored: bool) -> None:  # noqa: FBT001 - a column
    with FaultServer(answer("4")) as server:
        shown, code = on_terminal(shell, *ASK, "--no-stream", *arguments, "--base-url", server.url, env=env)
    assert code == 0
    assert ("\x1b[2m" in shown) is colored
    assert "\x1b" not in shown.replace("\x1b[2m", "").replace("\x1b[0m", "")


def test_an_object_grows_on_a_terminal(shell: Shell) -> None:
    slow = stream(*words('{"name":"Jane",'), Step(words('"age":30}')[0], 10), delta("stop"), DONE)
    terminal, end = pty.openpty()
    with FaultServer(slow) as server, shell.start(*ASK, "--json", "--base-url", server.url, stdout=end) as process:
        os.close(end)
        # Well before the rest is sent.
        ready, _, _ = select.select([terminal], [], [], 7)
        process.kill()
    os.close(terminal)
    assert ready


PERSON: Final = '{"name":"Ada","age":36,"occupation":null,"location":"\\u001b[31mLondon\u009b6n"}'
SHOWN: Final = '{\n  "name": "Ada",\n  "age": 36,\n  "location": "\\u001b[31mLondon\ufffd6n"\n}\n'


@pytest.mark.parametrize("cut", CUTS.values(), ids=CUTS)
def test_a_grown_object_is_the_whole_object_and_cannot_act(shell: Shell, cut: int | None) -> None:
    pieces = [PERSON] if cut is None else [PERSON[at : at + cut] for at in range(0, len(PERSON), cut)]
    assert _answer_on_terminal(shell, pieces, "--json") == SHOWN


LISTED: Final = '{"name":"Ada","tags":["a","b"],"more":[],"at":{"x":1.5,"y":{}}}'
SCHEMA: Final = '{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}'


def test_a_grown_object_is_indented_as_in_a_pipe(shell: Shell) -> None:
    on_screen = _answer_on_terminal(shell, [*LISTED], "--schema", SCHEMA)
    with FaultServer(streamed_answer(*LISTED)) as server:
        piped = shell.inside(*ASK, "-l", "warning", "--schema", SCHEMA, "--base-url", server.url)
    assert on_screen == piped.out
    assert json.loads(piped.out) == json.loads(LISTED)


def test_an_object_that_does_not_fit_stays_on_the_terminal_and_is_told(shell: Shell) -> None:
    with FaultServer(stream(*words('{"age":', "36}"), delta("stop"), DONE)) as server:
        shown, code = on_terminal(shell, *ASK, "-l", "warning", "--json", "--base-url", server.url)
    assert shown.startswith('{\n  "age": 36\n}\n\n')
    assert "does not match the schema" in shown
    assert shown.count("36") == 1
    assert code == 8
