"""A text that a regular expression matches, for the expressions that stand in schemas."""

import re
from typing import Final

_CLASSES: Final = {"d": "0", "w": "a", "s": " ", "D": "a", "W": "-", "S": "a"}
_CONTROLS: Final = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v"}
_ANCHORS: Final = frozenset("bBAZ")
_COUNTED: Final = re.compile(r"\{(\d+)(,?)(\d*)\}")
_CANDIDATES: Final = "aA0 -_.@/:x1"
_LONGEST: Final = 1 << 20


def sample(pattern: str, more: int = 0) -> str:
    """A text that the expression matches; what may repeat does so `more` times beyond what it must.

    >>> sample("^[A-Z]{3}-[0-9]{2,4}$")
    'AAA-00'

    Raises
    ------
    ValueError
        When no text is found, as for expressions that look ahead or behind.
    """
    try:
        compiled = re.compile(pattern)
        text, end = _either(pattern, 0, more)
    except (re.error, FutureWarning) as cause:
        # What will mean something else in a later Python is a warning, which may be an error.
        raise ValueError(str(cause)) from cause
    if end != len(pattern) or compiled.search(text) is None:
        raise ValueError("no text is found that it matches")
    return text


def _either(pattern: str, at: int, more: int) -> tuple[str, int]:
    """The first of the alternatives from `at` on, and where they end."""
    first, at = _sequence(pattern, at, more)
    while at < len(pattern) and pattern[at] == "|":
        _, at = _sequence(pattern, at + 1, more)
    return first, at


def _sequence(pattern: str, at: int, more: int) -> tuple[str, int]:
    made: list[str] = []
    while at < len(pattern) and pattern[at] not in "|)":
        atom, at = _atom(pattern, at, more)
        times, at = _times(pattern, at, more)
        if len(atom) * times > _LONGEST:
            raise ValueError("the text would be too long")
        made.append(atom * times)
    return "".join(made), at


def _atom(pattern: str, at: int, more: int) -> tuple[str, int]:
    sign = pattern[at]
    if sign in "^$":
        return "", at + 1
    if sign == ".":
        return "a", at + 1
    if sign == "[":
        return _class(pattern, at)
    if sign == "(":
        return _group(pattern, at, more)
    if sign == "\\":
        return _escape(pattern[at + 1]), at + 2
    return sign, at + 1


def _escape(sign: str) -> str:
    if sign in _ANCHORS:
        return ""
    return _CLASSES.get(sign) or _CONTROLS.get(sign) or sign


def _class(pattern: str, at: int) -> tuple[str, int]:
    """A character of a class: its first one that stands for itself, else one that it takes."""
    end = at + 1 if pattern[at + 1] != "^" else at + 2
    # A bracket that comes first stands for itself.
    end += pattern[end] == "]"
    while pattern[end] != "]":
        end += 2 if pattern[end] == "\\" else 1
    whole = pattern[at : end + 1]
    first = whole[1]
    takes = re.compile(whole)
    found = next((letter for letter in (first, *_CANDIDATES) if takes.fullmatch(letter)), None)
    if found is None:
        found = next((chr(code) for code in range(0x21, 0x250) if takes.fullmatch(chr(code))), None)
    if found is None:
        raise ValueError(f"no character is found for {whole}")
    return found, end + 1


def _group(pattern: str, at: int, more: int) -> tuple[str, int]:
    start = at + 1
    if pattern.startswith("?", start):
        if pattern.startswith("?:", start):
            start += 2
        elif pattern.startswith("?P<", start):
            start = pattern.index(">", start) + 1
        else:
            raise ValueError("it looks ahead or behind")
    text, end = _either(pattern, start, more)
    return text, end + 1


def _times(pattern: str, at: int, more: int) -> tuple[int, int]:
    """How often the atom before `at` is written, and where its quantifier ends."""
    least, most, end = 1, 1, at
    counted = _COUNTED.match(pattern, at)
    if counted is not None:
        least = int(counted[1])
        most = int(counted[3]) if counted[3] else least + more if counted[2] else least
        end = counted.end()
    elif at < len(pattern) and pattern[at] in "*+?":
        least = 1 if pattern[at] == "+" else 0
        most = 1 if pattern[at] == "?" else least + more
        end = at + 1
    if end > at and end < len(pattern) and pattern[end] in "?+":
        end += 1
    return min(most, least + more), end
