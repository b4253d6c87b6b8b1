"""What a docstring says about a function and its parameters, in the style of Google, NumPy or Sphinx."""

import re
from collections.abc import Mapping
from inspect import cleandoc
from typing import Final

from modelmix.node import Node

_SECTION: Final = re.compile(
    r"(?:Args|Arguments|Parameters|Params|Returns?|Yields?|Raises|Examples?|Notes?|See Also|Warnings?)\s*:?"
)
_PARAMETERS: Final = re.compile(r"(?:Args|Arguments|Parameters|Params)\s*:?")
_UNDERLINE: Final = re.compile(r"-{3,}\s*")
_GOOGLE: Final = re.compile(r"\*{0,2}(\w+)\s*(?:\([^)]*\))?\s*:\s*(.*)")
_NUMPY: Final = re.compile(r"\*{0,2}(\w+)\s*(?::\s*.*)?")
_SPHINX: Final = re.compile(r":param\s+(?:[^:]*\s)?(\w+)\s*:\s*(.*)")


class Described(Node, frozen=True):
    """What a function does, and what each of its parameters means, as far as it says so."""

    summary: str
    parameters: Mapping[str, str]


def read_docstring(text: str | None) -> Described:
    r"""The parts of a docstring.

    >>> read_docstring("Weather now.\n\nArgs:\n    city: Where, in\n        English.").parameters
    {'city': 'Where, in English.'}
    """
    lines = cleandoc(text or "").splitlines()
    end = next((at for at, line in enumerate(lines) if _opens(lines, at) or line.startswith(":")), len(lines))
    return Described("\n".join(lines[:end]).strip(), {**_listed(lines), **_tagged(lines)})


def _opens(lines: list[str], at: int) -> bool:
    """Whether a section begins at a line: a title with a colon, or one that is underlined."""
    line = lines[at].rstrip()
    underlined = at + 1 < len(lines) and _UNDERLINE.fullmatch(lines[at + 1]) is not None
    return _SECTION.fullmatch(line) is not None and (line.endswith(":") or underlined)


def _listed(lines: list[str]) -> dict[str, str]:
    """The entries of the section on parameters."""
    titles = [at for at in range(len(lines)) if _opens(lines, at)]
    start = next((at for at in titles if _PARAMETERS.fullmatch(lines[at].rstrip())), None)
    if start is None:
        return {}
    numpy = not lines[start].rstrip().endswith(":")
    first = start + (2 if numpy else 1)
    end = next((at for at in titles if at > start), len(lines))
    return _entries(lines[first:end], _NUMPY if numpy else _GOOGLE)


def _entries(lines: list[str], pattern: re.Pattern[str]) -> dict[str, str]:
    """Entries by name: those lines that stand least to the right begin one, the others go on with it."""
    filled = [line for line in lines if line.strip()]
    margin = min((_indent(line) for line in filled), default=0)
    found: dict[str, list[str]] = {}
    name = ""
    for line in filled:
        begun = pattern.fullmatch(line.strip()) if _indent(line) == margin else None
        if begun is not None:
            name = begun[1]
            found[name] = [begun[2]] if begun.re is _GOOGLE else []
        elif name:
            found[name].append(line.strip())
    return _joined(found)


def _tagged(lines: list[str]) -> dict[str, str]:
    """The entries that Sphinx marks one by one."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in lines:
        begun = _SPHINX.fullmatch(line.strip())
        if begun is not None:
            name = begun[1]
            found[name] = [begun[2]]
        elif line.startswith(":") or not line.strip():
            name = ""
        elif name:
            found[name].append(line.strip())
    return _joined(found)


def _joined(found: Mapping[str, list[str]]) -> dict[str, str]:
    texts = {name: " ".join(piece for piece in pieces if piece) for name, pieces in found.items()}
    return {name: text for name, text in texts.items() if text}


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
