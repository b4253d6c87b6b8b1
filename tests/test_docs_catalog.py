"""What docs/catalog.md shows is what there is."""

import re
from pathlib import Path
from typing import Final

import pytest

from modelmix.catalog.patch import read_patch
from modelmix.cli.help import page

TEXT: Final = (Path(__file__).parents[1] / "docs" / "catalog.md").read_text(encoding="utf-8")
PATCHES: Final = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("patch", PATCHES)
def test_every_patch_that_is_shown_is_one(patch: str) -> None:
    assert read_patch(patch.encode(), "docs/catalog.md", project=False).unwrap().models


def test_every_option_is_told_and_no_other() -> None:
    shown = set(re.findall(r"--[a-z][a-z-]+", page("sync")))
    assert {*re.findall(r"`[^`\n]*?(--[a-z][a-z-]+)", TEXT)} | {"--verbose"} == shown
