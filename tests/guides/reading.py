"""The commands of a block, what it shows that they write, and whether that is what they wrote."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from guides.page import Block

_STATS: Final = re.compile(r"^\d+ms • .*$", re.MULTILINE)
_CHANGING: Final = ((r"\d+ms", "Nms"), (r"~?\d+→~?\d+ tokens", "N→N tokens"), (r"~\$[\d.]+", "~$N"))


@dataclass(frozen=True)
class Command:
    """A command as it stands in a page; `shown` is what stands below it, None where nothing is shown of any."""

    text: str
    shown: str | None = None


def commands(block: Block) -> tuple[Command, ...]:
    """The commands of a block, in their order."""
    return tuple(_dialogue(block.text) if block.language == "console" else map(Command, _lines(block.text)))


def _dialogue(text: str) -> Iterator[Command]:
    for piece in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        line, *rest = _lines(piece, most=1)
        yield Command(line, "".join(rest))


def _lines(text: str, most: int = -1) -> Iterator[str]:
    """The commands of a script, each with the lines that belong to it; what comes after `most` of them, as it is."""
    lines = text.splitlines(keepends=True)
    whole = ""
    while lines and most != 0:
        whole += lines.pop(0)
        if whole.strip() and not _is_open(whole):
            yield whole.strip()
            whole, most = "", most - 1
    if lines:
        yield "".join(lines)


def _is_open(text: str) -> bool:
    """Whether the next line belongs to the same command."""
    if text.endswith(("\\\n", "&&\n", "|\n")):
        return True
    try:
        shlex.split(text, comments=True)
    except ValueError:
        return True
    return False


def plain(command: str) -> tuple[str, ...] | None:
    """The arguments of `mm`, where a command is `mm` and needs no shell; None for any other."""
    words = shlex.split(command, comments=True)
    reader = shlex.shlex(command, posix=True, punctuation_chars=True)
    reader.wordchars += ":,@%"
    if not words or words[0] != "mm" or "$" in command:
        return None
    return None if any(set(token) <= set("();<>|&") for token in reader if token) else tuple(words[1:])


def fits(shown: str, written: str) -> bool:
    """Whether what a page shows is what was written: `...` stands for anything, alone for any number of lines.

    Times, tokens and dollars in a line of statistics are another each time.
    """
    pattern = "".join(_pattern(line) for line in _timeless(shown).splitlines())
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in _timeless(written).splitlines())) is not None


def _pattern(line: str) -> str:
    if line.strip() == "...":
        return r"(?:.*\n)*"
    return ".*".join(map(re.escape, line.rstrip().split("..."))) + r" *\n"


def _timeless(text: str) -> str:
    def blind(found: re.Match[str]) -> str:
        line = found[0]
        for pattern, name in _CHANGING:
            line = re.sub(pattern, name, line)
        return line

    return _STATS.sub(blind, text)
