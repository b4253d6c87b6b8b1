"""Every block of every guide does what it says, and so do those of the README."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from guides.page import ROOT, Block, blocks, flaws
from guides.runner import Runner
from guides.stage import Stage, stage

PAGES: Final = {path.stem: path for path in (*sorted((ROOT / "docs" / "guide").glob("*.md")), ROOT / "README.md")}
CLEAN: Final = {"README": ("run", "test")}
"""The marks of the first blocks of a page that are run on a clean machine, where nothing is installed yet."""


@pytest.fixture(scope="module")
def staged() -> Iterator[Stage]:
    with stage() as running:
        yield running


@pytest.mark.parametrize("page", PAGES)
def test_every_block_says_what_it_is(page: str) -> None:
    assert [flaw for block in _blocks(page) for flaw in flaws(block)] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_block_does_what_it_says(page: str, staged: Stage, tmp_path: Path) -> None:
    with Runner(tmp_path, staged) as runner:
        found = [f"{page}.md:{block.line}: {flaw}" for block in _blocks(page) for flaw in runner.flaws(block)]
    assert found == [], "\n" + "\n".join(found)


def _blocks(page: str) -> tuple[Block, ...]:
    clean, found = CLEAN.get(page, ()), tuple(blocks(PAGES[page].read_text(encoding="utf-8")))
    assert tuple(mark.word for block in found[: len(clean)] for mark in block.marks) == clean
    return found[len(clean) :]
