"""One exchange out of another tool's recording, before it becomes a fixture, and what had to be left out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias
from urllib.parse import unquote, urlsplit

from modelmix.node import Node

WIRES: Final[tuple[tuple[str, str], ...]] = (
    ("/chat/completions", "openai-chat"),
    ("/responses", "openai-responses"),
    ("/messages", "anthropic-messages"),
    (":generateContent", "google-generate"),
    (":streamGenerateContent", "google-generate"),
    ("/api/chat", "ollama-chat"),
    ("/embeddings", "openai-embeddings"),
    (":embedContent", "google-embed"),
    (":batchEmbedContents", "google-embed"),
    ("/api/embed", "ollama-embed"),
)
"""How the path of a URL ends, and what is spoken there (docs/wire)."""


Plain: TypeAlias = "bool | int | float | str | bytes | Sequence[Plain] | Mapping[str, Plain] | None"
"""What JSON and YAML hold."""


class Found(Node, frozen=True, kw_only=True):
    """One exchange. `scenario` is what the tool calls it; None stands for what its recording does not keep."""

    tool: str
    path: str
    """The file of the tool that it was read from."""
    scenario: str
    wire: str
    """What is spoken: one of `WIRES`."""
    provider: str | None
    """None leaves it to the host."""
    model: str | None
    method: str
    url: str
    request_headers: Mapping[str, str]
    request: bytes | None
    status: int
    headers: Mapping[str, str]
    """The reply's, names in lower case. The body is not compressed, whatever they say."""
    body: bytes
    sizes: tuple[int, ...] = ()
    """Bytes of each piece as the network cut it; empty where that is not known."""
    time: str | None = None
    note: str = ""


class Left(Node, frozen=True):
    """What was not imported, and why. `provider` is None where nobody knows it."""

    path: str
    why: str
    provider: str | None = None


Reading: TypeAlias = Iterator[Found | Left]
"""What a reader finds in a file."""

Reader: TypeAlias = Callable[[bytes, str], Reading]
"""Reads the content of a file; the second argument is its path, to be told."""


def wire_of(url: str) -> str | None:
    """What is spoken at a URL; None for what modelmix does not speak."""
    path = urlsplit(url).path.rstrip("/")
    return next((wire for end, wire in WIRES if path.endswith(end)), None)


def model_of(url: str, request: Plain) -> str | None:
    """The model that a request names: in its body, else in the path of its URL, as Google has it."""
    named = request.get("model") if isinstance(request, dict) else None
    if isinstance(named, str) and named:
        return named.removeprefix("models/")
    _, found, rest = urlsplit(url).path.partition("/models/")
    return unquote(rest.rpartition(":")[0]) or None if found else None


def address(url: str) -> str:
    """A URL as it may be told: without user, password and query.

    >>> address("https://me:secret@llm.corp.example/v1/images?key=secret")
    'https://llm.corp.example/v1/images'
    """
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def flat(headers: Plain) -> dict[str, str]:
    """Headers as tools write them, each a text or a list of texts, with names in lower case."""
    if not isinstance(headers, dict):
        return {}
    told: dict[str, str] = {}
    for name, value in headers.items():
        values = value if isinstance(value, list) else [value]
        told[str(name).lower()] = ", ".join([str(each) for each in values])
    return told
