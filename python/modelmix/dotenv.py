"""Variables from a `.env` file, read only when a user asks for it."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from returns.result import Failure, Success

from modelmix.errors import BadConfig
from modelmix.outcome import Outcome

# A `#` begins a comment only after a blank: keys and URLs may hold one.
_LINE: Final = re.compile(
    r"""(?:export\s+)?([A-Za-z_]\w*)\s*=\s*"""
    r"""(?:"([^"]*)"\s*(?:\#.*)?|'([^']*)'\s*(?:\#.*)?|((?:[^#]|(?<=\S)\#)*?)\s*(?:(?<=\s)\#.*)?)"""
)


def read_env(path: Path) -> Outcome[Mapping[str, str]]:
    """The variables of a file with lines `NAME=value`; quotes, `export`, comments and empty lines are understood.

    Nothing is expanded or run.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as cause:
        return Failure(BadConfig(where=str(path), detail=str(cause)))
    found: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None:
            return Failure(BadConfig(where=f"{path}, line {number}", detail="expected NAME=value"))
        found[match[1]] = next((value for value in match.groups()[1:] if value is not None), "")
    return Success(found)
