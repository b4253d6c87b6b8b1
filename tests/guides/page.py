"""The blocks of a page, and what the comments above them say of each.

A comment stands right above its block, one line a mark, and no reader sees it:

- `file: NAME`: the block is a file of that name
- `runs`, `runs: CODE`: it is run, and its last command ends with that code, 0 if it says none, and all others with 0;
  what a `console` block shows below a command is what that command writes
- `serves: PORT`: it is run beside the others, until the page ends, and is ready when the port takes connections
- `prints`, `prints: NAME`: it is what the last block wrote to standard output, or what is in that file
- `before: COMMAND`: what is done before the block, and is no business of the reader; repeatable
- `continues`: the Python of the block before it comes first
- `says: RULE`: what the providers answer, as `mm serve --rule` takes it; repeatable
- `asks: yes`, `asks: no`: whether a provider was asked at all
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]

WORDS: Final = frozenset({"file", "runs", "serves", "prints", "continues", "before", "says", "asks"})
"""What a mark may be."""

USES: Final = frozenset({"file", "runs", "serves", "prints"})
"""The marks of which a block has one."""

_MARK: Final = re.compile(r"^<!-- ([a-z]+)(?:: (.*))? -->$")
_FENCE: Final = re.compile(r"^(`{3,})(\w*)$")


@dataclass(frozen=True)
class Mark:
    """What one comment says of a block."""

    word: str
    argument: str = ""


@dataclass(frozen=True)
class Block:
    """A fenced block: the line it begins at, its language, its marks, and what is in it."""

    line: int
    language: str
    marks: tuple[Mark, ...]
    text: str

    def mark(self, word: str) -> str | None:
        """The argument of a mark; None where the block has none of that word."""
        return next(iter(self.all(word)), None)

    def all(self, word: str) -> tuple[str, ...]:
        """The arguments of all marks of a word."""
        return tuple(mark.argument for mark in self.marks if mark.word == word)

    @property
    def uses(self) -> tuple[str, ...]:
        """What is done with the block; there should be one thing."""
        return tuple(mark.word for mark in self.marks if mark.word in USES)


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a page, in their order."""
    lines = text.splitlines()
    marks: list[Mark] = []
    at = 0
    while at < len(lines):
        found, fence = _MARK.match(lines[at]), _FENCE.match(lines[at])
        if fence is not None:
            end = lines.index(fence[1], at + 1)
            inside = "".join(f"{line}\n" for line in lines[at + 1 : end])
            yield Block(at + 1, fence[2], tuple(marks), inside)
            at = end
        marks = [*marks, Mark(found[1], found[2] or "")] if found is not None else []
        at += 1


def flaws(block: Block) -> Iterator[str]:
    """What is wrong with the marks of a block."""
    if len(block.uses) != 1:
        yield f"line {block.line}: a block is one of {', '.join(sorted(USES))}; this one is {block.uses or 'none'}"
    for mark in block.marks:
        if mark.word not in WORDS:
            yield f"line {block.line}: `{mark.word}` is no mark"
