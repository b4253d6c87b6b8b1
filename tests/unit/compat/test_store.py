"""Scenarios are read whole and replaced whole, whoever reads, writes, links or is killed meanwhile."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from modelmix.compat import shelf
from modelmix.compat.fixture import Recording, written
from modelmix.compat.store import FixtureStore, Held
from modelmix.errors import BadFixture
from modelmix.outcome import Outcome
from unit.compat.taking import NEW, OLD, about, kept, stored, take


def same(found: Outcome[tuple[Recording, ...]], expected: tuple[Recording, ...]) -> bool:
    """Whether these are the same files; the JSON in a fixture is equal only to itself."""
    files = [(written(each.fixture), each.body) for each in expected]
    return [(written(each.fixture), each.body) for each in found.unwrap()] == files


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_scenario_is_read_as_it_was_stored(tmp_path: Path) -> None:
    folder = stored(tmp_path, OLD)
    assert same(FixtureStore(tmp_path).load("openai", "gpt-4o", "basic"), OLD)
    assert names(folder) == ["basic.2.body.json", "basic.2.json", "basic.json", "basic.sse"]
    assert (folder / "basic.sse").read_bytes() == b"abc"


def test_what_was_never_recorded_is_nothing(tmp_path: Path) -> None:
    stored(tmp_path, OLD)
    store = FixtureStore(tmp_path)
    assert store.load("openai", "gpt-4o", "usage").unwrap() == ()
    assert store.load("openai", "o1", "basic").unwrap() == ()
    assert FixtureStore(tmp_path / "nowhere").models().held == ()


def test_a_scenario_is_replaced_as_a_whole(tmp_path: Path) -> None:
    stored(tmp_path, OLD)
    other = kept(take(), of=about("basic-2"))
    stored(tmp_path, other, scenario="basic-2")
    folder = stored(tmp_path, NEW)
    assert names(folder) == ["basic-2.body.json", "basic-2.json", "basic.body.json", "basic.json"]
    assert same(FixtureStore(tmp_path).load("openai", "gpt-4o", "basic"), NEW)
    assert same(FixtureStore(tmp_path).load("openai", "gpt-4o", "basic-2"), other)


def test_what_is_not_promoted_is_not_there(tmp_path: Path) -> None:
    stored(tmp_path, OLD)
    staged = FixtureStore(tmp_path).stage("openai", "gpt-4o", "basic", NEW).unwrap()
    assert same(FixtureStore(tmp_path).load("openai", "gpt-4o", "basic"), OLD)
    staged.discard()
    assert names(tmp_path / "openai/gpt-4o") == ["basic.2.body.json", "basic.2.json", "basic.json", "basic.sse"]


def test_models_are_told_with_their_scenarios_and_origins(tmp_path: Path) -> None:
    stored(tmp_path, kept(take(), of=about("usage", origin="simulated")), scenario="usage")
    stored(tmp_path, OLD)
    stored(tmp_path, kept(take(), of=about(model="a/b:c")), "a/b:c")
    found = FixtureStore(tmp_path).models()
    assert found.damaged == ()
    assert found.held == (
        Held(provider="openai", model="a/b:c", scenarios=(("basic", "live"),)),
        Held(provider="openai", model="gpt-4o", scenarios=(("basic", "live"), ("usage", "simulated"))),
    )


def changed(file: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        (folder / file).write_bytes(change((folder / file).read_bytes()))

    return damage


def linked(folder: Path) -> None:
    (folder / "basic.sse").rename(folder / "elsewhere")
    (folder / "basic.sse").symlink_to("elsewhere")


DAMAGE: dict[str, tuple[str, Callable[[Path], None]]] = {
    "a reply that was edited": ("basic.sse", changed("basic.sse", lambda content: content + b"!")),
    "a reply that is gone": ("basic", lambda folder: (folder / "basic.sse").unlink()),
    "a request that was edited": ("basic.json", changed("basic.json", lambda text: text.replace(b'"n": 1', b'"n": 7'))),
    "chunks of another reply": ("basic.json", changed("basic.json", lambda text: text.replace(b"    2\n", b"    3\n"))),
    "half a file": ("basic.json", changed("basic.json", lambda text: text[: len(text) // 2])),
    "another scenario": ("basic.json", changed("basic.json", lambda text: text.replace(b'"basic"', b'"usage"'))),
    "another model": ("gpt-4o", changed("basic.json", lambda text: text.replace(b'"gpt-4o"', b'"gpt-4x"'))),
    "another exchange": (
        "basic.2.json",
        changed("basic.2.json", lambda text: text.replace(b'"step": 2', b'"step": 3')),
    ),
    "a file elsewhere": (
        "basic.json",
        changed("basic.json", lambda text: text.replace(b'"basic.sse"', b'"../../../../etc/passwd"')),
    ),
    "no first exchange": ("basic.2.json", lambda folder: (folder / "basic.json").unlink()),
    "a link in place of a reply": (
        "basic",
        linked,
    ),
}


@pytest.mark.parametrize(("file", "damage"), DAMAGE.values(), ids=DAMAGE)
def test_damage_is_told_with_its_file(file: str, damage: Callable[[Path], None], tmp_path: Path) -> None:
    damage(stored(tmp_path, OLD))
    error = FixtureStore(tmp_path).load("openai", "gpt-4o", "basic").failure()
    assert isinstance(error, BadFixture)
    assert file in error.where


def test_a_damaged_model_does_not_hide_the_others(tmp_path: Path) -> None:
    (stored(tmp_path, OLD) / "basic.json").write_bytes(b"{")
    stored(tmp_path, kept(take(), of=about(model="m")), "m")
    found = FixtureStore(tmp_path).models()
    assert [held.model for held in found.held] == ["m"]
    assert [error.where for error in found.damaged if isinstance(error, BadFixture)] == [
        str(tmp_path / "openai/gpt-4o/basic.json")
    ]


LINKS = {"of the model": "openai/gpt-4o", "of the provider": "openai"}


@pytest.mark.parametrize("link", LINKS.values(), ids=LINKS)
def test_links_do_not_lead_out_of_the_root(link: str, tmp_path: Path) -> None:
    root, away = tmp_path / "root", tmp_path / "away"
    away.mkdir()
    (root / link).parent.mkdir(parents=True)
    (root / link).symlink_to(away)
    store = FixtureStore(root)
    for outcome in (store.load("openai", "gpt-4o", "basic"), store.stage("openai", "gpt-4o", "basic", OLD)):
        error = outcome.failure()
        assert isinstance(error, BadFixture)
        assert "link" in error.detail
    assert names(away) == []
    assert store.models().held == ()


def test_hostile_ids_are_stored_apart_and_inside(shared: Path, tmp_path: Path) -> None:
    rows = json.loads((shared / "vectors/hostile-inputs.json").read_text())["model_ids"]
    ids = [row["model_id"] for row in rows]
    models = {each if isinstance(each, str) else each["repeat"] * each["n"] for each in ids}
    for model in models:
        stored(tmp_path / "root", kept(take(), of=about(model=model)), model)
    store = FixtureStore(tmp_path / "root")
    assert {held.model for held in store.models().held} == models
    assert [path.name for path in tmp_path.iterdir()] == ["root"]
    assert all(len(store.load("openai", model, "basic").unwrap()) == 1 for model in models)


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@settings(max_examples=25, deadline=None)
@given(one=NAMES, other=NAMES)
def test_scenarios_never_meet(one: str, other: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("shelf")
    kept_one = kept(take(came=b"1"), take(came=b"2"), of=about(one))
    kept_other = kept(take(came=b"3"), of=about(other))
    shelf.stage(folder, one, kept_one).unwrap().promote().unwrap()
    shelf.stage(folder, other, kept_other).unwrap().promote().unwrap()
    assert same(shelf.load(folder, other), kept_other)
    assert same(shelf.load(folder, one), kept_other if one == other else kept_one)


def test_a_folder_that_was_left_behind_is_removed_a_day_later(tmp_path: Path) -> None:
    folder = stored(tmp_path, OLD)
    old, fresh = folder / ".basic.a.new", folder / ".basic.b.new"
    for path in (old, fresh):
        path.mkdir()
    day = time.time() - 90_000
    os.utime(old, (day, day))
    stored(tmp_path, NEW)
    assert not old.exists()
    assert fresh.exists()


WRITER = """
import os, signal, sys
sys.path.insert(0, {tests!r})
from pathlib import Path
from unit.compat.taking import NEW, OLD, stored
deadly = {deadly}
if deadly:
    # Every call that changes the folder counts; at the given one the process is gone.
    count = 0
    def counted(own):
        def call(*arguments, **named):
            global count
            count += 1
            if count == deadly:
                os.kill(os.getpid(), signal.SIGKILL)
            return own(*arguments, **named)
        return call
    for name in ("open", "rename", "replace", "unlink", "rmdir", "mkdir", "fsync"):
        setattr(os, name, counted(getattr(os, name)))
for turn in range({turns}):
    stored(Path({root!r}), (NEW, OLD)[turn % 2])
print("done")
"""


def writer(root: Path, *, deadly: int = 0, turns: int = 1) -> subprocess.Popen[str]:
    tests = str(Path(__file__).parents[2])
    program = WRITER.format(tests=tests, root=str(root), deadly=deadly, turns=turns)
    return subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)


def test_a_writer_that_is_killed_leaves_the_old_or_the_new(tmp_path: Path) -> None:
    found: set[int] = set()
    for deadly in range(1, 60):
        root = tmp_path / str(deadly)
        stored(root, OLD)
        with writer(root, deadly=deadly) as process:
            process.communicate(timeout=60)
        now = FixtureStore(root).load("openai", "gpt-4o", "basic")
        assert same(now, OLD) or same(now, NEW), deadly
        found.add(len(now.unwrap()))
        stored(root, NEW)
        assert same(FixtureStore(root).load("openai", "gpt-4o", "basic"), NEW)
        if process.returncode != -signal.SIGKILL:
            assert deadly > 10
            break
    else:
        pytest.fail("no writer came to its end")
    # Some died before the new one was the word of record, and some after.
    assert found == {1, 2}


def test_readers_beside_writers_see_one_or_the_other(tmp_path: Path) -> None:
    stored(tmp_path, OLD)
    store = FixtureStore(tmp_path)
    seen: list[int] = []
    writers = [writer(tmp_path, turns=40), writer(tmp_path, turns=40)]
    until = time.monotonic() + 60
    while any(process.poll() is None for process in writers) and time.monotonic() < until:
        now = store.load("openai", "gpt-4o", "basic")
        assert same(now, OLD) or same(now, NEW)
        seen.append(len(now.unwrap()))
        assert store.models().damaged == ()
    for process in writers:
        with process:
            assert process.communicate(timeout=30)[0] == "done\n"
    assert set(seen) == {1, 2}
    assert [name for name in names(tmp_path / "openai/gpt-4o") if name.startswith(".")] == []
