"""One recorded exchange as it lies on disk: `<scenario>.json`, and the provider's own bytes beside it."""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

import msgspec
from msgspec import Raw, Struct, field
from returns.result import Failure, Success

from modelmix.errors import BadFixture
from modelmix.mediatype import media_type
from modelmix.node import Node
from modelmix.outcome import Outcome

SCHEMA: Final = 1
"""The version of the format."""

Origin: TypeAlias = Literal["live", "local", "simulated", "imported"]
"""Where an exchange comes from: a provider, a model on this machine, the documents, or another tool's recording.

A simulation proves that a request is built and a reply is read as documented, and nothing about a provider.
"""


class RecordedRequest(Struct, frozen=True, forbid_unknown_fields=True):
    """What was sent. Headers are those that may be kept; `url` and `body` hold no secrets."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: Raw
    """The JSON that was sent."""
    sha256: str
    """Of the body as it was sent, after secrets were taken out, and without white space between its tokens."""


Fault: TypeAlias = Literal[
    "dns",
    "refused",
    "tls",
    "proxy",
    "reset",
    "connect_timeout",
    "write_timeout",
    "pool_timeout",
    "read_timeout",
    "other",
    "left",
]
"""What ended a reply before its end: the network, or, as `left`, whoever had asked and read no further."""


class Broken(Struct, frozen=True, forbid_unknown_fields=True):
    """How a reply broke off: `ms` after the request, and in whose words."""

    fault: Fault
    ms: int = 0
    detail: str = ""


class RecordedResponse(Struct, frozen=True, forbid_unknown_fields=True):
    """What came back. The body lies in `file`, in the folder of the fixture, byte for byte."""

    status: int
    """0 where not even a head came."""
    headers: Mapping[str, str]
    file: str
    sha256: str
    """Of the file."""
    chunks: tuple[tuple[int, int], ...]
    """Milliseconds since the request was sent, and bytes, of each piece as the network cut it."""
    broke: Broken | None = None
    """None where the reply came to its end."""


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """Which file of which tool an imported exchange was read from."""

    tool: str
    path: str
    scenario: str = ""
    """What the tool calls it."""
    note: str = ""
    wire: str = ""
    """What is spoken: one of `imports.found.WIRES`."""


class Fixture(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One exchange. `step` counts the exchanges of a scenario from 1."""

    schema: int = field(default=SCHEMA)
    origin: Origin
    provider: str
    model: str
    scenario: str
    step: int = 1
    library: str
    """The version of modelmix that wrote it."""
    time: str
    """When it was recorded, as RFC 3339 in UTC; empty where an imported recording does not say."""
    request: RecordedRequest | None
    """None where an imported recording keeps none."""
    response: RecordedResponse
    source: Source | None = None


class Recording(Node, frozen=True):
    """A fixture with the bytes that lie beside it."""

    fixture: Fixture
    body: bytes


def read(content: bytes, where: str) -> Outcome[Fixture]:
    """The fixture that a file holds; `where` names the file in an error."""
    try:
        found = msgspec.json.decode(content, type=Fixture)
    except (msgspec.DecodeError, UnicodeDecodeError) as cause:
        return Failure(BadFixture(where=where, detail=f"it is no fixture: {cause}"))
    if found.schema != SCHEMA:
        detail = f"it has the format {found.schema}, and this version reads {SCHEMA}; record it again"
        return Failure(BadFixture(where=where, detail=detail))
    return Success(found)


def written(fixture: Fixture) -> bytes:
    """The file that holds a fixture, for people to read as well."""
    return msgspec.json.format(msgspec.json.encode(fixture), indent=1) + b"\n"


def name_of(scenario: str, step: int) -> str:
    """What the files of an exchange are called, without their endings.

    >>> name_of("tool_round_trip", 2)
    'tool_round_trip.2'
    """
    return scenario if step == 1 else f"{scenario}.{step}"


def ending(headers: Mapping[str, str]) -> str:
    """How the file of a body ends: `.sse`, `.ndjson`, or `.body.json` for a reply in one piece."""
    kinds = {"text/event-stream": ".sse", "application/x-ndjson": ".ndjson"}
    return kinds.get(media_type(headers), ".body.json")
