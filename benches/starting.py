"""P6 and P6a: how long until a new process is ready, and until it has sent its request."""

import os
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from benches.measure import gather
from benches.report import Row, at_most, holds, shown
from benches.server import read_request, reply
from benches.setup import Setup

_MM: Final = str(Path(sys.executable).parent / "mm")
_PASS: Final = (sys.executable, "-c", "pass")
_PATIENCE: Final = 60.0


def starting(setup: Setup) -> list[Row]:
    """P6: CPU of whole processes. P6a: wall time from the start of the process."""
    env = _clean(setup.folder)
    rounds = setup.pick(quick=5, full=25)
    bare = "python -c pass"
    commands: dict[str, Sequence[str]] = {
        bare: _PASS,
        "import modelmix": (sys.executable, "-c", "import modelmix"),
        "mm --version": (_MM, "--version"),
        "mm --help": (_MM, "--help"),
        "import msgspec": (sys.executable, "-c", "import msgspec"),
        "import httpx": (sys.executable, "-c", "import httpx"),
    }
    taken = gather({name: _cpu(command, env) for name, command in commands.items()}, rounds)
    times = {name: series.over(taken[bare]) for name, series in taken.items()}
    return [
        shown("P6", f"CPU of {bare}", taken[bare].scaled(1e3), "ms"),
        at_most("P6", "import modelmix, over that", times["import modelmix"], "x", 3),
        at_most("P6", "mm --version, over that", times["mm --version"], "x", 2.5),
        at_most("P6", "mm --help, over that", times["mm --help"], "x", 8),
        shown("P6", "  import msgspec, over that", times["import msgspec"], "x"),
        shown("P6", "  import httpx, over that", times["import httpx"], "x"),
        holds("P6", "import modelmix leaves httpx alone", "no httpx", met=not _imports_httpx(env)),
        *_to_the_wire(env, rounds),
    ]


def _clean(home: Path) -> dict[str, str]:
    """An environment without keys and settings of whoever runs this."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT", "PYTHONPATH") if name in os.environ}
    return {**kept, "HOME": str(home), "MM_CONFIG": str(home / "config.toml")}


def _cpu(command: Sequence[str], env: dict[str, str]) -> Callable[[], float]:
    """The CPU seconds of a process, its own and the kernel's for it."""

    def run() -> float:
        before = _children()
        subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL, timeout=_PATIENCE)
        return _children() - before

    return run


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _imports_httpx(env: dict[str, str]) -> bool:
    code = "import modelmix, sys; sys.exit('httpx' in sys.modules)"
    return subprocess.run((sys.executable, "-c", code), env=env, check=False, timeout=_PATIENCE).returncode != 0


def _to_the_wire(env: dict[str, str], rounds: int) -> list[Row]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(_PATIENCE)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        command = (_MM, "gen", "hi", "-m", "openai:gpt-4o-mini", "--base-url", url)
        runs = {"bare": lambda: _wall(_PASS, env), "gen": lambda: _sent(command, env, listener)}
        taken = gather(runs, rounds)
    return [
        shown("P6a", "mm gen to the request on the wire, plain http", taken["gen"].scaled(1e3), "ms"),
        at_most("P6a", "the same over the wall time of python -c pass", taken["gen"].over(taken["bare"]), "x", 9),
    ]


def _wall(command: Sequence[str], env: dict[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, env=env, check=True, timeout=_PATIENCE)
    return time.perf_counter() - start


def _sent(command: Sequence[str], env: dict[str, str], listener: socket.socket) -> float:
    """Seconds from the start of the process until its whole request has been read."""
    start = time.perf_counter()
    with subprocess.Popen(
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        connection, _ = listener.accept()
        with connection:
            assert read_request(connection), "a whole request"
            taken = time.perf_counter() - start
            connection.sendall(reply())
            answer, complaint = process.communicate(timeout=_PATIENCE)
    assert process.returncode == 0, complaint.decode(errors="replace")
    assert answer, "the streamed text"
    return taken
