"""What docs/catalog.md shows is what there is."""

import re
from pathlib import Path
from typing import Final

from modelmix.cli.help import page

TEXT: Final = (Path(__file__).parents[1] / "docs" / "catalog.md").read_text(encoding="utf-8")


def test_every_option_is_told_and_no_other() -> None:
    shown = set(re.findall(r"--[a-z][a-z-]+", page("sync")))
    assert {*re.findall(r"`[^`\n]*?(--[a-z][a-z-]+)", TEXT)} | {"--verbose"} == shown
