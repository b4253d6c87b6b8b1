"""A whole request as the body of a chat completion."""

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
    NO_SCHEMA,
    Asked,
    answer_schema,
    by_tool,
    in_words,
    lacks_schemas,
    unsaid,
)
from modelmix.dialects.openai_chat import wire
from modelmix.dialects.openai_chat.messages import Turns, encode_messages, instructions
from modelmix.dialects.options import own_options
from modelmix.errors import BadRequest, Unsupported
from modelmix.outcome import Outcome
from modelmix.providers.provider import Shape
from modelmix.quirks import Body


def path(_model: str, _request: Request) -> str:
    """Where chat completions live, below the base URL."""
    return "/chat/completions"


def encode(request: Request, model: str, shape: Shape, entry: Model | None = None) -> Outcome[Draft]:
    """The body, in the provider's shape but before its rules; only what the caller set is in it."""
    notes = Notes()
    why = NO_SCHEMA
    if isinstance(request.output, Shaped) and entry is not None and lacks_schemas(entry, shape):
        shape = replace(shape, json_mode="tool" if entry.capabilities.tools else "none")
        why = "this model takes no schema"
    if shape.schema_alone and (request.stream or request.tools) and isinstance(request.output, Shaped):
        shape = replace(shape, json_mode="none")
    asked = by_tool(request, notes, why=why) if shape.json_mode == "tool" else Asked(request)
    if isinstance(asked, BadRequest):
        return Failure(asked)
    request = asked.request
    turns = encode_messages(request.messages, shape, notes)
    if isinstance(turns, Unsupported):
        return Failure(turns)
    body: Body = {"model": model, "messages": turns, "stream": request.stream}
    if request.stream and shape.stream_usage is not False:
        body["stream_options"] = wire.StreamOptions(include_usage=True)
    if request.tools:
        body["tools"] = [_tool(tool) for tool in request.tools]
        if request.tool_choice != "auto":
            body["tool_choice"] = _choice(request.tool_choice)
    _write_options(request.options, shape, body, notes)
    _write_format(request, shape, turns, body, notes)
    own = own_options(request.options.extra, {"model", "messages", "stream"})
    if isinstance(own, BadRequest):
        return Failure(own)
    body.update(own)
    return Success(Draft(body, tuple(notes), answer_tool=asked.answer_tool))


def _tool(tool: ToolSpec) -> wire.ToolEntry:
    function = wire.FunctionSpec(
        name=tool.name,
        parameters=Raw(tool.parameters.encode()),
        description=tool.description or UNSET,
        strict=UNSET if tool.strict is None else tool.strict,
    )
    return wire.ToolEntry(function)


def _choice(choice: ToolChoice) -> str | wire.NamedTool:
    return wire.NamedTool(wire.FunctionName(choice.name)) if isinstance(choice, OneTool) else choice


def _write_options(options: Options, shape: Shape, body: Body, notes: Notes) -> None:
    settings = (
        ("temperature", options.temperature),
        ("top_p", options.top_p),
        ("top_k", options.top_k),
        ("max_tokens", options.max_tokens),
        ("seed", options.seed),
        ("presence_penalty", options.presence_penalty),
        ("frequency_penalty", options.frequency_penalty),
        ("parallel_tool_calls", options.parallel_tool_calls),
    )
    for name, value in settings:
        if value is not None:
            body[name] = value
    if options.stop:
        body["stop"] = options.stop
    if options.reasoning_budget is not None:
        notes.dropped("reasoning_budget", "chat completions know reasoning by effort only")
    if options.reasoning_effort is not None:
        match shape.effort:
            case "reasoning":
                body["reasoning"] = wire.Reasoning(options.reasoning_effort)
            case "none":
                notes.dropped("reasoning_effort", "this provider does not let you choose")
            case "reasoning_effort" | None:
                body["reasoning_effort"] = options.reasoning_effort


def _write_format(request: Request, shape: Shape, turns: Turns, body: Body, notes: Notes) -> None:
    mode = shape.json_mode or "both"
    match request.output:
        case FreeText():
            pass
        case Shaped() as wanted if mode in {"both", "schema"}:
            body["response_format"] = _schema_format(wanted, shape, notes)
        case Shaped(schema=schema):
            words = in_words(schema, notes, root=mode == "object" and shape.root_object is not False)
            _instruct(words, shape, turns, notes)
            _ask_for_object(mode, body)
        case AnyJson() if mode == "schema":
            notes.changed("json", "this provider has JSON by schema only", into="a schema of any object")
            body["response_format"] = _schema_format(ANY_OBJECT, Shape(strict_schema=False), notes)
        case AnyJson():
            # OpenAI answers 400 when JSON is wanted and no message says so.
            if unsaid(_words(turns), notes):
                _instruct(ASK_FOR_JSON, shape, turns, notes)
            _ask_for_object(mode, body)


def _ask_for_object(mode: str, body: Body) -> None:
    if mode in {"both", "object"}:
        body["response_format"] = wire.ObjectFormat()


def _schema_format(wanted: Shaped, shape: Shape, notes: Notes) -> wire.SchemaFormat:
    schema = answer_schema(wanted, shape, notes, rule="openai")
    return wire.SchemaFormat(
        wire.JsonSchema(
            name=wanted.name,
            schema=Raw(schema.encode()),
            description=wanted.description or UNSET,
            strict=UNSET if shape.strict_said is False else True,
        )
    )


def _instruct(words: str, shape: Shape, turns: Turns, notes: Notes) -> None:
    first = turns[0] if turns else None
    if isinstance(first, wire.SystemMessage | wire.DeveloperMessage) and isinstance(first.content, str):
        first.content = f"{first.content}\n\n{words}"
    else:
        turns.insert(0, instructions((Text(words),), shape, notes))


def _words(turns: Turns) -> list[str]:
    return [turn.content for turn in turns if isinstance(turn.content, str)] + [
        part.text
        for turn in turns
        if isinstance(turn.content, list)
        for part in turn.content
        if isinstance(part, wire.TextPart)
    ]
