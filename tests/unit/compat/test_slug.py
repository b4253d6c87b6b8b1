"""Any model id is one safe component, and never that of another."""

import json
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given, strategies as st

from modelmix.compat.slug import slug

KNOWN = {
    "plain": ("gpt-4o", "gpt-4o"),
    "a slash": ("meta-llama/llama-3.3-70b", "meta-llama%2fllama-3.3-70b"),
    "a colon": ("llama3:8b", "llama3%3a8b"),
    "capitals": ("Qwen/QwQ", "%51wen%2f%51w%51"),
    "the folder above": ("..", "%2e%2e"),
    "a hidden file": (".hidden", "%2ehidden"),
    "a dot at the end": ("a.", "a%2e"),
    "a device": ("con", "%63on"),
    "a device with an ending": ("nul.json", "%6eul.json"),
    "a capital device": ("COM1", "%43%4f%4d1"),
    "an escape": ("%2e", "%252e"),
    "an accent": ("café", "caf%c3%a9"),
    "a nul": ("a\0b", "a%00b"),
}


@pytest.mark.parametrize(("name", "expected"), KNOWN.values(), ids=KNOWN)
def test_a_name_is_a_component(name: str, expected: str) -> None:
    assert slug(name) == expected


NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


@given(name=NAMES)
def test_a_component_is_safe_everywhere(name: str) -> None:
    found = slug(name)
    assert found.isascii()
    assert 0 < len(found) <= 120
    assert PurePosixPath(found).parts == (found,)
    assert PureWindowsPath(found).parts == (found,)
    assert not found.startswith((".", "~"))
    assert not found.endswith((".", " "))
    assert found == found.lower()


@given(one=NAMES, other=NAMES)
def test_two_names_never_share_a_component(one: str, other: str) -> None:
    assert (slug(one) == slug(other)) == (one == other)


@given(length=st.integers(100, 200), ends=st.tuples(NAMES, NAMES))
def test_long_names_that_end_differently_differ(length: int, ends: tuple[str, str]) -> None:
    one, other = "x" * length + ends[0], "x" * length + ends[1]
    assert (slug(one) == slug(other)) == (one == other)


def test_hostile_ids_stay_apart_and_inside(shared: Path) -> None:
    rows = json.loads((shared / "vectors/hostile-inputs.json").read_text())["model_ids"]
    ids = [row["model_id"] for row in rows]
    names = [each if isinstance(each, str) else each["repeat"] * each["n"] for each in ids]
    root = Path("/fixtures/provider")
    assert len({slug(name).casefold() for name in names}) == len(set(names)) >= 50
    assert all((root / slug(name)).resolve().parent == root for name in names)
