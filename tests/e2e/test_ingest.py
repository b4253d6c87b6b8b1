"""`mm ingest` as its users have it."""

import fcntl
import gzip
import json
import os
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Final

import msgspec
import pytest

from e2e.shell import Shell
from modelmix.accumulate import fold
from modelmix.cli.ingest import EventLine, MessageLine

DONE: Final = b'"done":true,"done_reason":"stop","prompt_eval_count":3,"eval_count":2}\n'
OLLAMA: Final = b'{"model":"m","message":{"content":"hi \\u009b\\u202e"},' + DONE
HALF: Final = b'{"model":"m","message":{"content":"half"},"done":false}\n'
CHAT: Final = b'data: {"id":"c1","choices":[{"delta":{"content":"yes"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
TOLD: Final = r"files: (\d+), messages: (\d+), failures: (\d+), bytes: ([\d,]+), seconds: \d+\.\d\d, MB/s: \d+\.\d"


@pytest.fixture
def captured(shell: Shell) -> Path:
    """A folder with two replies and two that are none."""
    folder = shell.folder / "captured"
    (folder / "more").mkdir(parents=True)
    (folder / "a.ndjson").write_bytes(OLLAMA)
    (folder / "b.json").write_bytes(b"<html>")
    (folder / "more" / "c.sse.gz").write_bytes(gzip.compress(CHAT))
    (folder / "more" / "d.ndjson").write_bytes(HALF)
    return folder


def counts(err: str) -> tuple[str, ...]:
    """Files, messages, failures and bytes, as the last line tells them."""
    told = re.fullmatch(TOLD, err.splitlines()[-1])
    assert told is not None, err
    return told.groups()


def messages(out: str | bytes) -> list[MessageLine]:
    return [msgspec.json.decode(line, type=MessageLine) for line in out.splitlines()]


def test_a_folder_becomes_one_message_a_line(shell: Shell, captured: Path) -> None:
    told = shell.mm("ingest", "captured")
    lines = messages(told.out)
    assert [(line.file, line.partial, line.response.text) for line in lines] == [
        ("captured/a.ndjson", False, "hi \x9b\u202e"),
        ("captured/more/c.sse.gz", False, "yes"),
    ]
    assert (lines[0].response.usage.input, lines[0].response.model, lines[1].response.id) == (3, "m", "c1")
    *errors, _ = told.err.splitlines()
    assert [error.split(": ")[:3] for error in errors] == [
        ["Error", "captured/b.json", "undecodable"],
        ["Error", "captured/more/d.ndjson", "truncated"],
    ]
    size = len(OLLAMA) + len(b"<html>") + len(CHAT) + len(HALF)
    assert counts(told.err) == ("4", "2", "2", f"{size:,}")
    assert told.code == 1


def test_partial_messages_are_marked(shell: Shell, captured: Path) -> None:
    told = shell.inside("ingest", "captured/more/d.ndjson", "captured/a.ndjson", "captured/b.json", "--partial")
    (half, whole) = told.out.splitlines()
    assert json.loads(half) == {
        "file": "captured/more/d.ndjson",
        "partial": True,
        "error": {"type": "truncated", "phase": "mid_stream"},
        "response": {"parts": [{"type": "text", "text": "half"}], "usage": {}, "model": "m"},
    }
    assert set(json.loads(whole)) == {"file", "response"}
    assert counts(told.err)[:3] == ("3", "1", "2")
    assert told.code == 1


def test_events_fold_into_the_messages(shell: Shell, captured: Path) -> None:
    lines = [
        msgspec.json.decode(line, type=EventLine)
        for line in shell.inside("ingest", "captured", "--events").out.splitlines()
    ]
    files = [line.file for line in lines]
    assert sorted(set(files)) == [
        "captured/a.ndjson",
        "captured/b.json",
        "captured/more/c.sse.gz",
        "captured/more/d.ndjson",
    ]
    assert files == sorted(files)
    for message in messages(shell.inside("ingest", "captured").out):
        assert fold(line.event for line in lines if line.file == message.file).unwrap() == message.response
    assert lines[files.index("captured/b.json")].event == lines[files.index("captured/more/c.sse.gz") - 1].event
    assert [type(line.event).__name__ for line in lines if line.file.endswith("d.ndjson")][-1] == "Failed"


STDIN: Final[dict[str, tuple[str, ...]]] = {
    "named": ("ingest", "-"),
    "not named": ("ingest",),
    "before an option": ("ingest", "-", "--dialect", "ollama-chat"),
    "after an option": ("ingest", "--dialect", "ollama-chat", "-"),
}


@pytest.mark.parametrize("body", [OLLAMA, gzip.compress(OLLAMA)], ids=["plain", "compressed"])
@pytest.mark.parametrize("arguments", STDIN.values(), ids=STDIN)
def test_standard_input_is_a_reply(shell: Shell, arguments: tuple[str, ...], body: bytes) -> None:
    told = shell.inside(*arguments, stdin=body)
    (line,) = messages(told.out)
    assert (line.file, line.response.text, told.code) == ("-", "hi \x9b\u202e", 0)
    assert counts(told.err) == ("1", "1", "0", f"{len(OLLAMA):,}")


REFUSED: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "nothing": (("ingest",), "files, folders, or - for standard input"),
    "an option that is none": (("ingest", "captured", "--nonesuch"), "--nonesuch"),
    "a dialect that is none": (("ingest", "captured", "--dialect", "smoke"), "smoke"),
    "an output in no folder": (("ingest", "captured", "-o", "nowhere/out.jsonl"), "nowhere/out.jsonl"),
    "an output that is a folder": (("ingest", "captured", "-o", "captured"), "captured"),
}


@pytest.mark.parametrize(("arguments", "word"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_done_is_a_mistake_in_the_command(
    shell: Shell, captured: Path, arguments: tuple[str, ...], word: str
) -> None:
    told = shell.inside(*arguments)
    assert (told.out, told.code) == ("", 2)
    assert told.err.startswith("Error: ")
    assert word in told.err
    assert sorted(path.name for path in captured.parent.iterdir() if not path.is_dir()) == []


def test_an_output_is_replaced_in_one_step_and_never_read(shell: Shell, captured: Path) -> None:
    out = captured / "out.jsonl"
    out.write_text("from before\n", encoding="utf-8")
    told = shell.mm("ingest", "captured", "-o", "captured/out.jsonl")
    assert (told.out, told.code) == ("", 1)
    assert counts(told.err)[:3] == ("4", "2", "2")
    first = out.read_bytes()
    assert [line.file for line in messages(first)] == ["captured/a.ndjson", "captured/more/c.sse.gz"]
    assert sorted(path.name for path in captured.iterdir()) == ["a.ndjson", "b.json", "more", "out.jsonl"]
    assert shell.mm("ingest", "captured", "-o", "captured/out.jsonl").code == 1
    assert out.read_bytes() == first


def test_a_link_keeps_pointing_to_its_output(shell: Shell, captured: Path) -> None:
    (shell.folder / "real").write_text("", encoding="utf-8")
    (shell.folder / "link").symlink_to("real")
    assert shell.inside("ingest", "captured/a.ndjson", "-o", "link").code == 0
    assert (shell.folder / "link").is_symlink()
    assert len(messages((shell.folder / "real").read_bytes())) == 1


def test_an_output_that_is_no_file_is_written_to_as_it_is(shell: Shell, captured: Path) -> None:
    assert shell.inside("ingest", "captured/a.ndjson", "-o", "/dev/null").code == 0
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize("output", [(), ("-o", "out.jsonl")], ids=["stdout", "file"])
def test_an_interrupt_ends_it_with_130_and_leaves_no_file(shell: Shell, output: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb", 0) as pipe, shell.start("ingest", "-", *output, stdin=reading) as process:
        os.close(reading)
        assert process.stderr is not None
        pipe.write(HALF)
        # It has read the half when it waits for more; a pipe that is empty again tells that.
        _wait_until_read(pipe.fileno())
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (130, b"")
    assert b"Traceback" not in err
    assert [path.name for path in shell.folder.iterdir() if "out.jsonl" in path.name] == []


def _wait_until_read(descriptor: int) -> None:
    deadline = time.monotonic() + 30
    while struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, b"\0" * 4))[0]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_reader_that_has_enough_is_no_failure(shell: Shell) -> None:
    (shell.folder / "many").mkdir()
    for number in range(2000):
        (shell.folder / "many" / f"{number}.ndjson").write_bytes(OLLAMA)
    with shell.start("ingest", "many", "--events") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert b'"started"' in process.stdout.readline()
        process.stdout.close()
        err = process.stderr.read()
        assert process.wait(30) == 0
    assert err == b""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read off /proc")
def test_memory_is_bounded_however_long_a_reply_is(shell: Shell) -> None:
    line = b'{"model":"m","message":{"content":""},"logprobs":[%b],"done":false}\n' % (b" " * 4000)
    with (shell.folder / "long.ndjson").open("wb") as file:
        for _ in range(30_000):
            file.write(line)
        file.write(OLLAMA)
    # Not `ru_maxrss`, which a process inherits from the one that starts it.
    program = (
        "import sys; from modelmix.cli.app import run; code = run(sys.argv[1:]); "
        "sys.stderr.write(open('/proc/self/status').read()); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "ingest", "long.ndjson"],
        cwd=shell.folder,
        env=shell.environment({}),
        capture_output=True,
        timeout=60,
        check=False,
    )
    peak = re.search(r"VmHWM:\s*(\d+) kB", done.stderr.decode())
    assert peak is not None, done.stderr
    assert done.returncode == 0
    assert (shell.folder / "long.ndjson").stat().st_size > 120e6
    # The interpreter and its modules take about 40 MB.
    assert int(peak[1]) < 80_000
