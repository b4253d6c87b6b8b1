"""Where output goes, and how it looks there. Nothing that a model or a provider says reaches a terminal as it is."""

import os
import sys
from collections.abc import Mapping
from typing import Final, Literal, TextIO, TypeAlias

Color: TypeAlias = Literal["auto", "always", "never"]

_PICTURES: Final = 0x2400
"""Control pictures: U+2400 and on show what U+0000 and on would do."""

_REPLACED: Final = "\N{REPLACEMENT CHARACTER}"


def _table() -> dict[int, str]:
    """What stands for each character that would act instead of being shown."""
    controls = {code: chr(_PICTURES + code) for code in range(0x20) if chr(code) not in "\n\t"}
    # C1 controls, further line ends, and the marks that reorder text: all make text look like what it is not
    # (CVE-2021-42574).
    hidden = dict.fromkeys([*range(0x80, 0xA0), *range(0x2028, 0x202F), *range(0x2066, 0x206A)], _REPLACED)
    halves = dict.fromkeys(range(0xD800, 0xE000), _REPLACED)
    tags = dict.fromkeys(range(0xE0000, 0xE0080), "")
    return {**controls, 0x7F: "\N{SYMBOL FOR DELETE}", **hidden, **halves, **tags}


_TABLE: Final = _table()


class Sanitizer:
    """Makes text safe to show, piece by piece: it works on single characters, so no cut can smuggle anything in."""

    __slots__ = ("_return",)

    def __init__(self) -> None:
        self._return = False

    def clean(self, text: str) -> str:
        """The text with everything that acts made visible; CRLF becomes LF, across pieces too."""
        if self._return:
            text = "\r" + text
        self._return = text.endswith("\r")
        if self._return:
            text = text[:-1]
        return text.replace("\r\n", "\n").translate(_TABLE)

    def rest(self) -> str:
        """What waited for a line feed that never came."""
        waited, self._return = self._return, False
        return "\r".translate(_TABLE) if waited else ""


def one_line(text: str, limit: int = 300) -> str:
    """A text of theirs for a line of ours: safe, short, and on one line."""
    cleaner = Sanitizer()
    flat = " ".join((cleaner.clean(text) + cleaner.rest()).split())
    return flat if len(flat) <= limit else flat[: limit - 1] + "…"


def safe(text: str) -> str:
    """A text of theirs, with its lines."""
    cleaner = Sanitizer()
    return cleaner.clean(text) + cleaner.rest()


class Screen:
    """The two streams of a command: the answer goes to one, everything else to the other."""

    __slots__ = ("_answer", "_color", "_notes", "_sanitizer")

    def __init__(
        self, *, color: Color = "auto", sanitize: bool | None = None, env: Mapping[str, str] | None = None
    ) -> None:
        env = os.environ if env is None else env
        self._answer = _lenient(sys.stdout)
        self._notes = _lenient(sys.stderr)
        self._color = color == "always" or (
            color == "auto" and not env.get("NO_COLOR") and env.get("TERM") != "dumb" and _is_terminal(self._notes)
        )
        wanted = _is_terminal(self._answer) if sanitize is None else sanitize
        self._sanitizer = Sanitizer() if wanted else None

    @property
    def is_terminal(self) -> bool:
        """Whether a person sees the answer as it comes."""
        return _is_terminal(self._answer)

    def answer(self, text: str) -> None:
        """Writes a piece of the answer, at once."""
        self._answer.write(text if self._sanitizer is None else self._sanitizer.clean(text))
        self._answer.flush()

    def end_answer(self) -> None:
        """Writes what was held back."""
        if self._sanitizer is not None:
            self._answer.write(self._sanitizer.rest())
        self._answer.flush()

    def note(self, text: str) -> None:
        """Writes to the side; the text is ours or has been made safe."""
        self._notes.write(text)
        self._notes.flush()

    def dim(self, text: str) -> str:
        """A text of less weight."""
        return f"\x1b[2m{text}\x1b[0m" if self._color and text else text

    def alarm(self, text: str) -> str:
        """A text that matters."""
        return f"\x1b[1;31m{text}\x1b[0m" if self._color else text


def _is_terminal(stream: TextIO) -> bool:
    try:
        return stream.isatty()
    except ValueError:
        return False


def _lenient(stream: TextIO) -> TextIO:
    """The stream, so that a character it cannot encode is escaped instead of raising."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="backslashreplace")
    return stream


def is_piped(descriptor: int = 0) -> bool:
    """Whether standard input is a pipe or a file, so that there is something to read."""
    import stat  # noqa: PLC0415 - a moment at start-up

    try:
        mode = os.fstat(descriptor).st_mode
    except OSError:
        return False
    return stat.S_ISFIFO(mode) or stat.S_ISREG(mode)
