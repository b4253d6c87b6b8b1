"""What `mm compat` asks of every model, in words of nobody's wire: docs/guide/compat.md and SPEC 3, as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

Json: TypeAlias = Mapping[str, object]


@dataclass(frozen=True)
class Tool:
    """A function that is offered: `parameters` is its JSON Schema."""

    name: str
    description: str
    parameters: Json


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request for words. `person`: the answer must be an object of `PERSON`."""

    prompt: str
    system: str = ""
    temperature: float | None = 0.0
    top_p: float | None = None
    max_tokens: int = 2048
    effort: str = ""
    tools: tuple[Tool, ...] = ()
    person: bool = False
    stream: bool = False


SEED: Final = 7


def arguments(required: tuple[str, ...], **properties: Json) -> Json:
    """The schema of a function's arguments, closed: nothing but the properties may be given."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


WEATHER: Final = Tool(
    "get_weather",
    "Current weather of a city.",
    arguments(("city",), city={"type": "string", "description": "Name of the city, without its country."}),
)
ADD: Final = Tool(
    "add_numbers",
    "Sum of two whole numbers.",
    arguments(("first", "second"), first={"type": "integer"}, second={"type": "integer"}),
)
BOOK: Final = Tool(
    "find_book",
    "Shelf of a book in the library.",
    # The author may be left out, or be nobody.
    arguments(("title",), title={"type": "string"}, author={"anyOf": [{"type": "string"}, {"type": "null"}]}),
)
ORDER: Final = Tool(
    "track_order",
    "Status and parcel code of an order.",
    arguments(("order",), order={"type": "string", "description": "Number of the order."}),
)

PARCEL: Final = "Order 881 was sent. Its parcel code is 7413."
"""What the tool says of order 881."""

PERSON: Final[Json] = {
    "title": "Person",
    "description": "A person.",
    "type": "object",
    "properties": {
        "name": {"type": "string", "description": "Full name"},
        "age": {"type": "integer", "description": "Age in years"},
        "occupation": {"type": "string", "description": "Job or profession"},
    },
    "required": ["name", "age", "occupation"],
}
"""The object that is asked for, whose name is `Person`."""

IN_WORDS: Final = """\
Answer with one JSON object and nothing else. It must fit this JSON Schema:
{"title":"Person","description":"A person.","type":"object","properties":{\
"name":{"description":"Full name","type":"string"},\
"age":{"description":"Age in years","type":"integer"},\
"occupation":{"description":"Job or profession","type":"string"}},\
"required":["name","age","occupation"]}"""
"""How the object is asked for where no schema is taken. No document says how: these are the library's own words."""

CLOSED: Final[Json] = {**PERSON, "additionalProperties": False}
"""The same for those who take objects only where nothing may be added to them."""

_REPLY_WITH: Final = 'Reply with exactly this: {"name": "Ada Lovelace", "age": 36, "occupation": "mathematician"}'

WORDS: Final = MappingProxyType(
    {
        "basic": Asked(prompt="Reply with the single word: hello"),
        "streaming": Asked(prompt="Name three colors.", system="You answer briefly.", top_p=0.9, stream=True),
        "token_limit": Asked(prompt="Count from 1 to 100 in words.", max_tokens=32),
        "usage": Asked(prompt="What is the capital of France? Answer in one word.", max_tokens=64),
        "tool_multi": Asked(
            prompt="What is the weather in Oslo right now? Use a tool to find out.", tools=(ADD, WEATHER, BOOK)
        ),
        "tool_round_trip": Asked(
            prompt="What is the parcel code of my order 881? Look it up, then tell me the code.", tools=(ORDER,)
        ),
        "tool_none": Asked(prompt="Write one sentence about the sea.", tools=(WEATHER,)),
        "object_basic": Asked(prompt=_REPLY_WITH, person=True),
        "object_streaming": Asked(prompt=_REPLY_WITH, person=True, stream=True),
        "reasoning": Asked(
            prompt="What is 17 times 23? Think it through, then give the number.",
            temperature=None,
            max_tokens=4096,
            effort="low",
        ),
    }
)
"""Requests for words, by scenario."""

VECTORS: Final = MappingProxyType(
    {
        "embed_basic": ("The quick brown fox jumps over the lazy dog.",),
        "embed_batch": (
            "Oslo lies by the sea.",
            "Bread is baked in ovens.",
            "Oslo lies by the sea.",
            "17 is a prime.",
        ),
    }
)
"""Texts that become vectors, by scenario."""
