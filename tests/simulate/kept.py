"""How a fixture lies on disk, written down from the words of compat/fixture.py, compat/slug.py and compat/taken.py."""

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Final

from simulate.asked import Json

TIME: Final = "2026-11-22T00:00:00Z"
"""A fixed one, so that the files are the same whenever they are made."""

LIBRARY: Final = "none"
"""Where the version of the library stands that has written a fixture: none has."""

_ENDINGS: Final = {"text/event-stream": ".sse", "application/x-ndjson": ".ndjson"}
_DEVICE: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A request and its reply. `kind` is the content type of the reply."""

    url: str
    headers: Json
    request: Json
    kind: str
    reply: bytes


@dataclass(frozen=True)
class Simulated:
    """One scenario of one model."""

    provider: str
    model: str
    scenario: str
    exchanges: tuple[Exchange, ...]


def folder(simulated: Simulated) -> str:
    """Where the files of a model lie, below the folder of all fixtures."""
    return f"{slug(simulated.provider)}/{slug(simulated.model)}"


def files(simulated: Simulated) -> dict[str, bytes]:
    """The files of a scenario, by their paths below the folder of all fixtures."""
    found: dict[str, bytes] = {}
    for step, exchange in enumerate(simulated.exchanges, start=1):
        stem = simulated.scenario if step == 1 else f"{simulated.scenario}.{step}"
        body = stem + _ENDINGS.get(exchange.kind.partition(";")[0], ".body.json")
        found[f"{folder(simulated)}/{stem}.json"] = _fixture(simulated, exchange, step, body)
        found[f"{folder(simulated)}/{body}"] = exchange.reply
    return found


def slug(name: str) -> str:
    """A name as a part of a path: what is no small letter, digit, `-`, `_` or `.` is escaped, byte by byte.

    So is a dot at either end, and the first letter of a name that a system keeps for a device. What is longer than 120
    letters is cut, and ends in `~` and 32 digits of the sha256 of the whole.
    """
    pieces = [re.sub(r"[^a-z0-9_.-]", _escape, letter) for letter in name]
    if name[0] == "." or _DEVICE.fullmatch(name):
        pieces[0] = _hex(name[0])
    if name[-1] == ".":
        pieces[-1] = _hex(".")
    whole = "".join(pieces)
    return whole if len(whole) <= 120 else f"{whole[:87]}~{_sha256(name.encode())[:32]}"


def _escape(found: re.Match[str]) -> str:
    return _hex(found[0])


def _hex(letter: str) -> str:
    return "".join([f"%{byte:02x}" for byte in letter.encode()])


def _fixture(simulated: Simulated, exchange: Exchange, step: int, body: str) -> bytes:
    sent = json.dumps(exchange.request, ensure_ascii=False, separators=(",", ":")).encode()
    document = {
        "schema": 1,
        "origin": "simulated",
        "provider": simulated.provider,
        "model": simulated.model,
        "scenario": simulated.scenario,
        "step": step,
        "library": LIBRARY,
        "time": TIME,
        "request": {
            "method": "POST",
            "url": exchange.url,
            "headers": exchange.headers,
            "body": exchange.request,
            "sha256": _sha256(sent),
        },
        "response": {
            "status": 200,
            "headers": {"content-type": exchange.kind},
            "file": body,
            "sha256": _sha256(exchange.reply),
            "chunks": chunks(exchange.reply),
            "broke": None,
        },
        "source": None,
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def chunks(body: bytes) -> list[list[int]]:
    """A reply as a network may cut it: anywhere, within letters and line ends as well; milliseconds and bytes each."""
    sixth = max(len(body) // 6, 1)
    cuts = {at * sixth for at in range(1, 6)}
    letter = next((at for at, byte in enumerate(body) if byte >= 0x80), None)
    ends = body.find(b"\r\n\r\n"), body.find(b"\n\n")
    cuts |= {at + 1 for at in (letter, *ends) if at is not None and at >= 0}
    places = [0, *sorted(cut for cut in cuts if 0 < cut < len(body)), len(body)]
    return [[120 + 15 * at, places[at + 1] - place] for at, place in enumerate(places[:-1])]
