"""A whole request as the body of a response to be made."""

from typing import cast

import msgspec
from msgspec import UNSET, Raw
from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.ast.content import Text
from modelmix.ast.model import Model
from modelmix.ast.options import AnyJson, FreeText, Options, Shaped
from modelmix.ast.request import Request
from modelmix.ast.tool import OneTool, ToolChoice, ToolSpec
from modelmix.dialects.draft import Draft, Notes
from modelmix.dialects.forms import (
    ANY_OBJECT,
    ASK_FOR_JSON,
    Asked,
    answer_schema,
    by_tool,
    in_words,
    lacks_schemas,
    unsaid,
)
from modelmix.dialects.openai_responses import wire
from modelmix.dialects.openai_responses.items import Items, encode_items, instructions
from modelmix.dialects.options import own_options
from modelmix.errors import BadRequest, Unsupported
from modelmix.jsonvalue import JsonValue
from modelmix.outcome import Outcome
from modelmix.providers.provider import Shape
from modelmix.quirks import Body


def path(_model: str, _request: Request) -> str:
    """Where responses live, below the base URL."""
    return "/responses"


def encode(request: Request, model: str, shape: Shape, entry: Model | None = None) -> Outcome[Draft]:
    """The body, in the provider's shape but before its rules; only what the caller set is in it."""
    notes = Notes()
    asked = by_tool(request, notes) if shape.json_mode == "tool" else Asked(request)
    if isinstance(asked, BadRequest):
        return Failure(asked)
    request = asked.request
    stored = ("store", "true") in request.options.extra
    items = encode_items(request.messages, shape, notes, stored=stored)
    if isinstance(items, Unsupported):
        return Failure(items)
    body: Body = {"model": model, "input": items, "stream": request.stream}
    if request.tools:
        body["tools"] = [_tool(tool, notes) for tool in request.tools]
        if request.tool_choice != "auto":
            body["tool_choice"] = _choice(request.tool_choice)
    _write_options(request.options, shape, body, notes)
    _write_format(request, shape, entry, items, body, notes)
    own = own_options(request.options.extra, {"model", "input", "stream"})
    if isinstance(own, BadRequest):
        return Failure(own)
    for name, given in own:
        body[name] = _beside(body.get(name), given)
    return Success(Draft(body, tuple(notes), answer_tool=asked.answer_tool))


def _beside(ours: object, given: JsonValue) -> object:
    """What the caller gives by its wire name, together with what the request itself says there.

    The provider's own tools come after the functions; of `text` and `reasoning` each side may name some members.
    """
    if isinstance(given, list) and isinstance(ours, list):
        return [*cast("list[object]", ours), *given]
    if isinstance(given, dict) and isinstance(ours, wire.TextConfig | wire.Reasoning):
        members: dict[str, object] = msgspec.to_builtins(ours, builtin_types=(Raw,))
        return {**members, **given}
    return given


def _tool(tool: ToolSpec, notes: Notes) -> wire.Tool:
    if tool.strict is None:
        # Recorded traffic: 64 of 64 tools that left it out came back as strict, their schemas changed.
        notes.added("strict", "left out, it would make everything optional in a schema required", into="false")
    return wire.Tool(
        name=tool.name,
        description=tool.description or UNSET,
        parameters=Raw(tool.parameters.encode()),
        strict=tool.strict or False,
    )


def _choice(choice: ToolChoice) -> str | wire.NamedTool:
    return wire.NamedTool(choice.name) if isinstance(choice, OneTool) else choice


def _write_options(options: Options, shape: Shape, body: Body, notes: Notes) -> None:
    settings = (
        ("temperature", options.temperature),
        ("top_p", options.top_p),
        ("max_output_tokens", options.max_tokens),
        ("parallel_tool_calls", options.parallel_tool_calls),
    )
    for name, value in settings:
        if value is not None:
            body[name] = value
    missing: tuple[tuple[str, object], ...] = (
        ("top_k", options.top_k),
        ("stop", options.stop or None),
        ("seed", options.seed),
        ("presence_penalty", options.presence_penalty),
        ("frequency_penalty", options.frequency_penalty),
    )
    for name, given in missing:
        if given is not None:
            notes.dropped(name, "responses have no such option")
    if options.reasoning_budget is not None:
        notes.dropped("reasoning_budget", "responses know reasoning by effort only")
    if options.reasoning_effort is not None:
        if shape.effort == "none":
            notes.dropped("reasoning_effort", "this provider does not let you choose")
        else:
            body["reasoning"] = wire.Reasoning(options.reasoning_effort)


def _write_format(request: Request, shape: Shape, entry: Model | None, items: Items, body: Body, notes: Notes) -> None:
    mode = shape.json_mode or "both"
    if lacks_schemas(entry, shape):
        mode = "none"
    match request.output:
        case FreeText():
            return
        case Shaped() as wanted if mode in {"both", "schema"}:
            _put_schema(wanted, shape, body, notes)
        case Shaped(schema=schema):
            words = in_words(schema, notes, root=mode == "object" and shape.root_object is not False)
            _instruct(words, shape, items, notes)
            _ask_for_object(mode, shape, body)
        case AnyJson() if mode == "schema":
            notes.changed("json", "this provider has JSON by schema only", into="a schema of any object")
            _put_schema(ANY_OBJECT, replace(shape, strict_schema=False), body, notes)
        case AnyJson():
            # OpenAI answers 400 when JSON is wanted and no message says so.
            if unsaid(_words(items), notes):
                _instruct(ASK_FOR_JSON, shape, items, notes)
            _ask_for_object(mode, shape, body)


def _ask_for_object(mode: str, shape: Shape, body: Body) -> None:
    if mode not in {"both", "object"}:
        return
    if shape.form_field == "response_format":
        body["response_format"] = wire.ObjectFormat()
    else:
        body["text"] = wire.TextConfig(wire.ObjectFormat())


def _put_schema(wanted: Shaped, shape: Shape, body: Body, notes: Notes) -> None:
    schema = answer_schema(wanted, shape, notes, rule="openai")
    raw, described = Raw(schema.encode()), wanted.description or UNSET
    if shape.form_field == "response_format":
        body["response_format"] = wire.ChatSchemaFormat(wire.ChatSchema(wanted.name, raw, described, strict=True))
    else:
        body["text"] = wire.TextConfig(wire.SchemaFormat(wanted.name, raw, described, strict=True))


def _instruct(words: str, shape: Shape, items: Items, notes: Notes) -> None:
    first = items[0] if items else None
    told = isinstance(first, wire.InputMessage) and first.role in {"system", "developer"}
    if told and isinstance(first, wire.InputMessage) and isinstance(first.content, str):
        first.content = f"{first.content}\n\n{words}"
    else:
        items.insert(0, instructions((Text(words),), shape, notes))


def _words(items: Items) -> list[str]:
    """The texts of all messages."""
    messages = [item for item in items if isinstance(item, wire.InputMessage | wire.OutputMessage)]
    plain = [message.content for message in messages if isinstance(message.content, str)]
    return plain + [
        part.text
        for message in messages
        if isinstance(message.content, list)
        for part in message.content
        if isinstance(part, wire.InputText | wire.OutputText)
    ]
