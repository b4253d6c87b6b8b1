"""What a command is given besides its options: standard input, files, attachments, schemas."""

import re
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from returns.result import Failure, Success

from modelmix.ast.content import Audio, File, Image, Url, UserPart
from modelmix.ast.media import media, media_type
from modelmix.ast.options import Extra, extra
from modelmix.errors import BadRequest
from modelmix.jsonvalue import JsonValue, parse
from modelmix.outcome import Outcome

STDIN_LIMIT: Final = 16 << 20
_FILE_LIMIT: Final = 64 << 20
_SILENCE: Final = 2.0
_DOLLARS: Final = re.compile(r"[0-9]{1,30}(\.[0-9]{1,30})?|\.[0-9]{1,30}")


def read_stdin(note: Callable[[str], None]) -> Outcome[bytes]:
    """All of standard input, 16 MiB at most; after two seconds of silence a note says what is waited for."""
    reminder = threading.Timer(_SILENCE, note, ["Reading standard input; end it with Ctrl-D\n"])
    reminder.daemon = True
    reminder.start()
    try:
        data = sys.stdin.buffer.read(STDIN_LIMIT + 1)
    finally:
        reminder.cancel()
    if len(data) > STDIN_LIMIT:
        return Failure(BadRequest(field="standard input", value="more than 16 MiB", expected="16 MiB at most"))
    return Success(data)


def text_or_file(value: str, field: str) -> Outcome[str]:
    """A text as it is, or that of a file where it is `@file`."""
    if not value.startswith("@"):
        return Success(value)
    try:
        return Success(Path(value[1:]).expanduser().read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, RuntimeError) as cause:
        return Failure(BadRequest(field=field, value=value, expected=f"@ and a text file ({cause})"))


def attachment(value: str, stdin: bytes | None) -> Outcome[UserPart]:
    """A part from a path, a URL, or `-` for standard input; what it is, its first bytes tell."""
    if value.startswith(("http://", "https://")):
        return _by_url(value)
    if value == "-":
        return by_bytes(stdin or b"", "standard input", None)
    try:
        path = Path(value).expanduser()
        if path.stat().st_size > _FILE_LIMIT:
            return Failure(BadRequest(field="attach", value=value, expected="a file of 64 MiB at most"))
        return by_bytes(path.read_bytes(), value, path.name)
    except (OSError, RuntimeError) as cause:
        why = cause.strerror if isinstance(cause, OSError) else cause
        return Failure(BadRequest(field="attach", value=value, expected=f"a file that can be read ({why})"))


def _by_url(value: str) -> Outcome[UserPart]:
    path = urlsplit(value).path.lower()
    if path.endswith((".pdf", ".txt", ".md")):
        return Success(File(Url(value), path.rpartition("/")[2]))
    return Success(Audio(Url(value)) if path.endswith((".wav", ".mp3")) else Image(Url(value)))


def by_bytes(data: bytes, value: str, name: str | None) -> Outcome[UserPart]:
    """A part from bytes, which tell what it is."""
    kind = media_type(data)
    if kind is None or not data:
        expected = "an image, a PDF, a recording or a text"
        return Failure(BadRequest(field="attach", value=value, expected=expected))
    return Success(media(data, kind, name))


def provider_options(pairs: Sequence[str]) -> Outcome[Extra]:
    """Options of the provider from `key=value`; a value is JSON where it can be, else text."""
    found: dict[str, JsonValue] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not (key and equals):
            return Failure(BadRequest(field="option", value=pair, expected="key=value"))
        try:
            found[key] = parse(value)
        except ValueError:
            found[key] = value
    return Success(extra(**found))


def with_input(prompt: str | None, data: bytes | None) -> Outcome[str]:
    """The prompt with standard input after it, or standard input alone."""
    try:
        piped = (data or b"").decode("utf-8").strip("\n")
    except UnicodeDecodeError:
        return Failure(BadRequest(field="standard input", value="binary data", expected="text, or --attach -"))
    whole = "\n\n".join(piece for piece in (prompt, piped) if piece)
    if not whole:
        return Failure(BadRequest(field="prompt", value="empty", expected="a text, or something on standard input"))
    return Success(whole)


def dollars(text: str | None) -> Outcome[Decimal | None]:
    """An amount on the command line, in plain decimals: no sign, no exponent, no names of numbers."""
    if text is None or _DOLLARS.fullmatch(text):
        return Success(None if text is None else Decimal(text))
    return Failure(BadRequest(field="max_cost", value=text[:80], expected="US dollars in plain decimals, such as 0.05"))


def given_key(variable: str | None, path: Path | None, env: Mapping[str, str]) -> Outcome[str | None]:
    """The key from the variable or the file that the user names; None where none is named."""
    if variable is not None:
        if not env.get(variable):
            return Failure(BadRequest(field="api-key-env", value=variable, expected="a variable that is set"))
        return Success(env[variable])
    if path is None:
        return Success(None)
    try:
        key = sys.stdin.readline() if str(path) == "-" else path.expanduser().read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, RuntimeError) as cause:
        return Failure(BadRequest(field="api-key-file", value=str(path), expected=f"a file that can be read ({cause})"))
    return Success(key.strip())
