"""The simulated fixtures are what their generator makes of the documents, and it knows nothing of what it tests."""

import ast
import json
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given, strategies as st

import simulate
from modelmix.compat import fixture, slug
from modelmix.compat.scan import find
from modelmix.compat.scenarios import SCENARIOS
from modelmix.compat.store import FixtureStore
from modelmix.compat.taken import Taken, TakenRequest, TakenResponse
from simulate import everything, kept
from simulate.asked import VECTORS, WORDS

SOURCES: Final = tuple(sorted(Path(simulate.__file__).parent.rglob("*.py")))
ALLOWED: Final = frozenset({"simulate", "argparse", "base64", "collections", "dataclasses", "functools", "hashlib"}) | {
    *("itertools", "json", "math", "pathlib", "re", "struct", "sys", "types", "typing"),
}
MADE: Final = everything.files(everything.ROOT)
LARGEST: Final = 16_000
"""Bytes of one file, so that a reader can take it in."""


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_the_generator_knows_nothing_of_modelmix(path: Path) -> None:
    imported: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").partition(".")[0])
    assert imported <= ALLOWED
    assert not {"__import__", "import_module", "exec", "eval"} & {
        node.id for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Name)
    }


def test_the_files_are_those_that_it_makes() -> None:
    """Otherwise: `nox -s simulate`."""
    found = {path: (everything.ROOT / path).read_bytes() for path in MADE if (everything.ROOT / path).is_file()}
    assert [path for path in MADE if found.get(path) != MADE[path]] == []
    assert everything.stray(everything.ROOT, MADE) == []


def test_a_recording_is_left_alone(tmp_path: Path) -> None:
    path = "openai/gpt-4o-mini/streaming.json"
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_bytes(MADE[path].replace(b'"simulated"', b'"live"', 1))
    (tmp_path / path).with_suffix(".ndjson").touch()
    (tmp_path / path).with_name("dance.json").touch()
    made = everything.files(tmp_path)
    assert set(MADE) - set(made) == {path, path.replace(".json", ".sse")}
    assert everything.stray(tmp_path, made) == ["openai/gpt-4o-mini/dance.json"]


def test_every_file_of_a_simulation_is_made() -> None:
    said = [path for path in everything.ROOT.glob("*/*/*.json") if b'"origin": "simulated"' in path.read_bytes()]
    assert {path.relative_to(everything.ROOT).as_posix() for path in said} <= set(MADE)


def test_the_files_are_small() -> None:
    assert {path: len(content) for path, content in MADE.items() if len(content) > LARGEST} == {}


def test_every_scenario_is_simulated() -> None:
    assert {*WORDS, *VECTORS} == set(SCENARIOS)
    assert {each.scenario for each in everything.simulated()} == set(SCENARIOS)


def test_a_fixture_is_written_as_the_library_writes_it() -> None:
    fixtures = {path: content for path, content in MADE.items() if path.count(".json") and ".body." not in path}
    for path, content in fixtures.items():
        assert fixture.written(fixture.read(content, path).unwrap()) == content


def test_the_store_finds_every_fixture_whole() -> None:
    store = FixtureStore(everything.ROOT)
    for each in everything.simulated():
        found = store.load(each.provider, each.model, each.scenario).unwrap()
        assert [recording.body for recording in found] == [exchange.reply for exchange in each.exchanges]


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(
    name=NAMES | st.integers(100, 140).map("x".__mul__) | st.sampled_from(["con", "NUL.txt", ".", "..", "a.", "COM1.a"])
)
def test_two_readings_of_the_rules_for_slugs_agree(name: str) -> None:
    assert kept.slug(name) == slug.slug(name)


def test_nothing_in_them_is_a_secret_or_tells_whose_it_was() -> None:
    for each in everything.simulated():
        for exchange in each.exchanges:
            body = json.dumps(exchange.request).encode()
            headers = {name: str(value) for name, value in exchange.headers.items()}
            taken = Taken(
                TakenRequest(method="POST", url=exchange.url, headers=headers, body=body),
                TakenResponse(status=200, headers={"content-type": exchange.kind}, chunks=((0, exchange.reply),)),
            )
            assert find(taken, ()) is None


def test_a_reply_is_cut_within_lines_and_letters() -> None:
    streamed = [each for each in everything.simulated() if each.scenario == "streaming"]
    assert streamed
    for each in streamed:
        body, at = each.exchanges[0].reply, 0
        ends: list[int] = []
        for _, size in kept.chunks(body):
            at += size
            ends.append(at)
        assert at == len(body)
        assert any(0x80 <= body[end] < 0xC0 for end in ends[:-1])
        assert any(body[end - 1 : end + 1] not in {b"\n\n", b"\r\n"} for end in ends[:-1])
