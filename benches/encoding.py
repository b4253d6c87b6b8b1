"""P7: a large request as a value, to the bytes of its body."""

import base64
import json
import tracemalloc
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from benches.measure import Series, interleave
from benches.report import Row, at_most, shown
from benches.setup import Setup
from modelmix import (
    Bytes,
    Image,
    JsonText,
    Message,
    Request,
    Success,
    Text,
    Tool,
    ToolCall,
    ToolResult,
    ToolSpec,
    assistant as said,
    system,
    user,
)
from modelmix.call import Target, plan
from modelmix.providers.load import built_in

_MODEL: Final = "gpt-4o-mini"
_TURNS: Final = 200
_TOOLS: Final = 20
_IMAGE: Final = 256 << 10
_IMAGES: Final = 4
_PROSE: Final = "the quick brown fox jumps over a lazy dog while “someone” reads\\all of it twice"


def encoding(setup: Setup) -> list[Row]:
    """Our whole way from the request, beside msgspec's encoding of Structs that are there already."""
    target = Target(provider=built_in("openai"), model=_MODEL, base_url="https://api.openai.com/v1")
    request = _request()
    pictured = msgspec.structs.replace(request, messages=(*request.messages[:-1], _pictures()))
    body, images = _body(request), _images()
    assert json.loads(msgspec.json.encode(body)) == json.loads(_planned(request, target)), "both say the same"
    runs: dict[str, Callable[[None], object]] = {
        "ours": lambda _: _planned(request, target),
        "Structs": lambda _: msgspec.json.encode(body),
        "images": lambda _: _planned(pictured, target),
        "base64": lambda _: [base64.b64encode(image) for image in images],
    }
    taken = interleave(runs, (None,), setup.effort)
    size = len(_planned(request, target))
    return [
        shown("P7", f"body of {_TURNS} messages and {_TOOLS} tools ({size:,} bytes)", taken["ours"].scaled(1e3), "ms"),
        shown("P7", "  msgspec, from Structs made before", taken["Structs"].scaled(1e3), "ms"),
        at_most("P7", "over msgspec", taken["ours"].over(taken["Structs"]), "x", 2.5),
        at_most("P7", "the same with 4 images of 256 KiB", taken["images"].scaled(1e3), "ms", 1.5),
        shown("P7", "  base64 of the images alone", taken["base64"].scaled(1e3), "ms"),
        at_most(
            "P7", "memory at its peak, over the body with images", _copies(partial(_planned, pictured, target)), "x", 2
        ),
    ]


def _planned(request: Request, target: Target) -> bytes:
    call = plan(request, target)
    assert isinstance(call, Success)
    return call.unwrap().body


def _copies(run: Callable[[], bytes]) -> Series:
    """How often the body is held at once while it is made, the finished one included."""
    run()
    tracemalloc.start()
    body = run()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return Series((peak / len(body),))


def _request() -> Request:
    random = Random("a request")
    turns: list[Message] = [system(_text(random, 120))]
    while len(turns) < _TURNS - 1:
        number = len(turns)
        call = ToolCall(id=f"call_{number:024}", name="tool_3", arguments=JsonText('{"city":"Paris","days":3}'))
        result = ToolResult(call_id=call.id, name=call.name, content=(Text(_text(random, 60)),))
        turns += [user(_text(random, 30)), said(_text(random, 10), call), Tool((result,)), said(_text(random, 60))]
    turns = [*turns[: _TURNS - 1], user(_text(random, 30))]
    return Request(messages=tuple(turns), tools=tuple(map(_tool, range(_TOOLS))), stream=True)


def _tool(number: int) -> ToolSpec:
    properties = {f"field_{at}": {"type": "string", "description": f"What field {at} is for."} for at in range(6)}
    schema = {"type": "object", "properties": properties, "required": ["field_0"], "additionalProperties": False}
    return ToolSpec(
        name=f"tool_{number}",
        description=f"Does what tool {number} does, and says what came of it.",
        parameters=JsonText(json.dumps(schema)),
    )


def _text(random: Random, words: int) -> str:
    return " ".join(random.choices(_PROSE.split(), k=words))


def _images() -> list[bytes]:
    return [Random(f"image {number}").randbytes(_IMAGE) for number in range(_IMAGES)]


def _pictures() -> Message:
    return user("What is in these?", *[Image(Bytes(image, "image/png")) for image in _images()])


class _Function(Struct):
    name: str
    arguments: str


class _Call(Struct, tag_field="type", tag="function"):
    id: str
    function: _Function


class _Turn(Struct):
    role: str
    content: str
    tool_calls: list[_Call] | UnsetType = UNSET
    tool_call_id: str | UnsetType = UNSET


class _FunctionSpec(Struct):
    name: str
    parameters: Raw
    description: str


class _Entry(Struct, tag_field="type", tag="function"):
    function: _FunctionSpec


class _StreamOptions(Struct):
    include_usage: bool


class _Body(Struct):
    model: str
    messages: list[_Turn]
    stream: bool
    stream_options: _StreamOptions
    tools: list[_Entry]


def _body(request: Request) -> _Body:
    """The request as the Structs that someone who writes for one provider would have at hand."""
    functions = [_FunctionSpec(tool.name, Raw(tool.parameters.encode()), tool.description) for tool in request.tools]
    return _Body(
        model=_MODEL,
        messages=[_turn(message) for message in request.messages],
        stream=True,
        stream_options=_StreamOptions(include_usage=True),
        tools=[_Entry(function) for function in functions],
    )


def _turn(message: Message) -> _Turn:
    if isinstance(message, Tool):
        result = message.results[0]
        return _Turn("tool", _words(result.content), tool_call_id=result.call_id)
    calls = [
        _Call(part.id, _Function(part.name, part.arguments)) for part in message.parts if isinstance(part, ToolCall)
    ]
    return _Turn(type(message).__name__.lower(), _words(message.parts), tool_calls=calls or UNSET)


def _words(parts: tuple[object, ...]) -> str:
    return "".join([part.text for part in parts if isinstance(part, Text)])
