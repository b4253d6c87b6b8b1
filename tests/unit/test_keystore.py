"""Keys in the settings file: put in and taken out with the rest untouched, whole or not at all, for the user alone."""

import os
import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from returns.result import Success

from modelmix.config import load
from modelmix.errors import BadConfig
from modelmix.keystore import put, stored
from unit.making import KEY

COMMENTED = """\
# My settings
model = "local:smollm2" # small

[keys] # not for others
# the first one
openai = "sk-old" # work

# after a gap

[providers.own]
base_url = "https://api.example/v1"
"""

EDITS: dict[str, tuple[str | None, str, str | None, str]] = {
    # file, provider, key: file
    "a new file": (None, "openai", "sk-new", '[keys]\n"openai" = "sk-new"\n'),
    "an empty file": ("", "openai", "sk-new", '[keys]\n"openai" = "sk-new"\n'),
    "a first key": ('model = "a:b"\n', "openai", "sk-new", 'model = "a:b"\n\n[keys]\n"openai" = "sk-new"\n'),
    "another key": (
        '[keys]\ngroq = "g"\n',
        "openai",
        "sk-new",
        '[keys]\ngroq = "g"\n"openai" = "sk-new"\n',
    ),
    "a key replaced": ('[keys]\nopenai = "old"\n', "openai", "sk-new", '[keys]\n"openai" = "sk-new"\n'),
    "a quoted name replaced": ("[keys]\n'openai' = \"old\"\n", "openai", "sk-new", '[keys]\n"openai" = "sk-new"\n'),
    "a key taken out": ('[keys]\nopenai = "old"\ngroq = "g"\n', "openai", None, '[keys]\ngroq = "g"\n'),
    "the last key taken out": ('[keys]\nopenai = "old"\n', "openai", None, "[keys]\n"),
    "a longer name stays": ('[keys]\nopenai-eu = "e"\n', "openai", None, '[keys]\nopenai-eu = "e"\n'),
    "comments and tables stay": (
        COMMENTED,
        "groq",
        "gsk-new",
        COMMENTED.replace("# after a gap\n", '# after a gap\n"groq" = "gsk-new"\n'),
    ),
    "comments and tables stay when a key goes": (
        COMMENTED,
        "openai",
        None,
        COMMENTED.replace('openai = "sk-old" # work\n', ""),
    ),
    "a table with blanks in its brackets": ("[ keys ]\n", "openai", "sk-new", '[ keys ]\n"openai" = "sk-new"\n'),
    "no line end at the end": ('model = "a:b"', "groq", "g", 'model = "a:b"\n\n[keys]\n"groq" = "g"\n'),
    "Windows line ends": ('model = "a:b"\r\n', "groq", "g", 'model = "a:b"\n\n[keys]\n"groq" = "g"\n'),
}


@pytest.mark.parametrize(("before", "provider", "key", "after"), EDITS.values(), ids=EDITS)
def test_an_edit_changes_one_line(
    tmp_path: Path, before: str | None, provider: str, key: str | None, after: str
) -> None:
    path = tmp_path / "config.toml"
    if before is not None:
        path.write_bytes(before.encode())
    assert put(path, provider, key) == Success(None)
    assert path.read_text(encoding="utf-8") == after
    assert (stored(path).unwrap().get(provider)) == key


ODD = {
    "inline": 'keys = { groq = "g" }\n',
    "dotted": 'keys.groq = "g"\n',
    "a quoted table": '["keys"]\ngroq = "g"\n',
    "a table below": '[keys]\ngroq = "g"\n[keys.more]\na = "b"\n',
    "a list of tables": '[[keys]]\ngroq = "g"\n',
    "inside a text": 'note = """\n[keys]\n"""\n',
    "over two lines": '[keys]\nopenai = """\nsk-\\\nold"""\n',
    "not texts": "[keys]\ngroq = 5\n",
}


@pytest.mark.parametrize("before", ODD.values(), ids=ODD)
def test_a_file_written_in_another_way_is_refused_and_left(tmp_path: Path, before: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(before, encoding="utf-8")
    error = put(path, "openai", KEY).failure()
    assert isinstance(error, BadConfig)
    assert error.where == str(path)
    assert KEY not in error.detail
    assert path.read_text(encoding="utf-8") == before
    assert [each.name for each in tmp_path.iterdir()] == ["config.toml"]


BROKEN = {"no TOML": b"[keys\n", "not UTF-8": b"a = \xff"}


@pytest.mark.parametrize("before", BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused_and_left(tmp_path: Path, before: bytes) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(before)
    for error in (put(path, "openai", KEY).failure(), stored(path).failure()):
        assert isinstance(error, BadConfig)
        assert error.where == str(path)
    assert path.read_bytes() == before


def test_keys_that_are_no_texts_are_told_without_them(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[keys]\ngroq = 55555\n", encoding="utf-8")
    error = stored(path).failure()
    assert isinstance(error, BadConfig)
    assert error.detail.startswith("keys: ")
    assert "55555" not in error.detail


def test_no_file_holds_no_keys(tmp_path: Path) -> None:
    assert stored(tmp_path / "config.toml").unwrap() == {}


UMASKS = {"open": 0o000, "usual": 0o022, "closed": 0o077}


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps its permissions elsewhere")
@pytest.mark.parametrize("umask", UMASKS.values(), ids=UMASKS)
def test_the_file_is_the_users_alone_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    path = tmp_path / "new" / "config.toml"
    before = os.umask(umask)
    try:
        written = put(path, "openai", KEY)
    finally:
        os.umask(before)
    assert written == Success(None)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert load(tmp_path, {"MM_CONFIG": str(path)}).unwrap().keys["openai"].reveal() == KEY


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps its permissions elsewhere")
def test_a_file_that_was_open_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text("", encoding="utf-8")
    path.chmod(0o644)
    assert put(path, "openai", KEY) == Success(None)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_link_stays_one(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "modelmix.toml"
    real.parent.mkdir()
    real.write_text("# mine\n", encoding="utf-8")
    path = tmp_path / "config.toml"
    path.symlink_to(real)
    assert put(path, "openai", KEY) == Success(None)
    assert path.is_symlink()
    assert real.read_text(encoding="utf-8") == f'# mine\n\n[keys]\n"openai" = "{KEY}"\n'


def test_what_lies_where_the_scratch_file_would_be_is_not_written_through(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched", encoding="utf-8")
    path = tmp_path / "config.toml"
    (tmp_path / f".config.toml.{os.getpid()}").symlink_to(victim)
    put(path, "openai", KEY)
    assert victim.read_text(encoding="utf-8") == "untouched"
    assert KEY not in victim.read_text(encoding="utf-8")


BLOCKED = {"a file for a folder": "file/config.toml", "a folder for a file": "folder"}


@pytest.mark.parametrize("name", BLOCKED.values(), ids=BLOCKED)
def test_what_cannot_be_written_is_told_and_leaves_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "kept").write_text("x", encoding="utf-8")
    error = put(tmp_path / name, "openai", KEY).failure()
    assert isinstance(error, BadConfig)
    assert "cannot be written" in error.detail
    assert sorted(each.name for each in tmp_path.rglob("*")) == ["file", "folder", "kept"]


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="needs a user who may not write everywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        error = put(tmp_path / "config.toml", "openai", KEY).failure()
    finally:
        tmp_path.chmod(0o700)
    assert isinstance(error, BadConfig)
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=50)
@given(
    key=st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=60),
    provider=st.sampled_from(["openai", "own-1", "a.b", "x y"]),
)
def test_any_key_reads_back(tmp_path_factory: pytest.TempPathFactory, key: str, provider: str) -> None:
    path = tmp_path_factory.mktemp("keys") / "config.toml"
    path.write_text(COMMENTED, encoding="utf-8")
    assert put(path, provider, key) == Success(None)
    document = tomllib.loads(path.read_text(encoding="utf-8"))
    assert document["keys"][provider] == key
    assert document["model"] == "local:smollm2"
    assert put(path, provider, None) == Success(None)
    assert provider not in stored(path).unwrap()
