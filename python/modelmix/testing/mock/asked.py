"""What a request to the mock asks, whatever its dialect, and why it is refused if it is."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, TypeAlias

from modelmix.jsonvalue import JsonValue, objects
from modelmix.node import Node

Json: TypeAlias = Mapping[str, JsonValue]

Style: TypeAlias = Literal["openai", "anthropic", "google", "ollama"]
"""Whose way of wording errors, vectors and lists."""

Choice: TypeAlias = Literal["auto", "none", "required"]

EMPTY: Final[Json] = {}


class Offer(Node, frozen=True):
    """A tool that the model may call; `schema` is that of its arguments."""

    name: str
    schema: JsonValue = None


class Asked(Node, frozen=True, kw_only=True):
    """A request for an answer in words."""

    model: str
    stream: bool
    user: str
    """The text of the last message of the user."""
    result: str | None = None
    """The text of the tools' results that the conversation ends with, if it does."""
    input: int
    """Tokens of all messages."""
    tools: tuple[Offer, ...] = ()
    choice: Choice = "auto"
    named: str | None = None
    """The tool that must be called."""
    form: JsonValue = None
    """The schema of the answer; `json` without one means any object."""
    json: bool = False
    limit: int | None = None
    """The most tokens of the answer."""
    body: Json = EMPTY
    """All that was sent, for replies that repeat it."""
    events: bool = True
    """Whether a stream of Google's comes as events, and not as an array."""


class AskedVectors(Node, frozen=True, kw_only=True):
    """A request for vectors. `many` tells a list of texts from one text, which Google answers in another way."""

    model: str
    texts: tuple[str, ...]
    dimensions: int | None = None
    base64: bool = False
    many: bool = True


class Problem(Node, frozen=True, kw_only=True):
    """Why a request gets an error: what the provider would say, in the words of its own body."""

    status: int = 400
    message: str
    code: str | None = None
    param: str | None = None
    retry_after: float | None = None
    """Seconds."""


def under(node: "JsonValue | Json", *names: str) -> JsonValue:
    """What stands under the first of the names that there is: some fields have two spellings."""
    if not isinstance(node, Mapping):
        return None
    return next((node[name] for name in names if name in node), None)


def texts(content: JsonValue) -> str:
    """The words of a message: a text, or the texts of its parts, one after another."""
    if isinstance(content, str):
        return content
    return "\n".join(part for item in objects(content) if isinstance(part := item.get("text"), str))


def number(value: JsonValue) -> int | None:
    """A whole number, or None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def last_results(messages: Sequence[Json], is_result: Callable[[Json], bool]) -> Sequence[Json]:
    """The messages at the end that are results of tools, in their order."""
    start = len(messages)
    while start and is_result(messages[start - 1]):
        start -= 1
    return messages[start:]


def joined(results: Iterable[str]) -> str | None:
    """The results as one text; None where there are none."""
    told = tuple(results)
    return "\n".join(told) if told else None


def offers(tools: JsonValue) -> Iterator[Offer]:
    """The functions that a request offers in OpenAI's form, which Ollama has taken over."""
    for tool in objects(tools):
        function = tool.get("function")
        name = under(function, "name")
        if isinstance(name, str):
            yield Offer(name, under(function, "parameters"))
