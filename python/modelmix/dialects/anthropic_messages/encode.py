"""A whole request as the body of a message."""

from typing import Final

from msgspec import UNSET, Raw
from returns.result import Failure, Success

from modelmix.ast.content import Opaque, Reasoning, ToolCall
from modelmix.ast.message import Assistant, Message, Tool
from modelmix.ast.model import Model
from modelmix.ast.options import AnyJson, FreeText, Options, Output, Shaped
from modelmix.ast.request import Request
from modelmix.ast.tool import OneTool, ToolSpec
from modelmix.dialects.anthropic_messages import wire
from modelmix.dialects.anthropic_messages.messages import encode_messages
from modelmix.dialects.anthropic_messages.thinking import Thought, think, thinks
from modelmix.dialects.draft import Draft, Notes
from modelmix.dialects.forms import (
    ASK_FOR_JSON,
    NO_SCHEMA,
    Asked,
    answer_schema,
    by_tool,
    described,
    in_words,
    takes_schema,
)
from modelmix.dialects.options import own_options
from modelmix.errors import BadRequest, Unsupported
from modelmix.outcome import Outcome
from modelmix.providers.provider import Shape
from modelmix.quirks import Body

_CIRCLES: Final = "this model takes no schema that refers to itself"
"""https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations"""

_LEAST_TOP_P: Final = 0.95
"""With thinking: https://platform.claude.com/docs/en/build-with-claude/extended-thinking#feature-compatibility"""


def path(_model: str, _request: Request) -> str:
    """Where messages live, below the base URL."""
    return "/messages"


def encode(request: Request, model: str, shape: Shape, entry: Model | None = None) -> Outcome[Draft]:
    """The body, in the provider's shape but before its rules; only what the caller set is in it, and `max_tokens`."""
    notes = Notes()
    why = _CIRCLES if shape.json_mode in {"schema", "both"} else NO_SCHEMA
    asked = by_tool(request, notes, why=why) if _is_by_tool(request, shape) else Asked(request)
    if isinstance(asked, BadRequest):
        return Failure(asked)
    request = asked.request
    turns = encode_messages(request.messages, notes)
    if isinstance(turns, Unsupported):
        return Failure(turns)
    body: Body = {"model": model, "messages": turns.finish(), "stream": request.stream}
    tools, choice = _tools(request, shape, notes)
    output = wire.OutputConfig()
    words = _format(request.output, shape, output, notes)
    if choice is not None and choice.name == asked.answer_tool:
        # One answer is wanted.
        choice.disable_parallel_tool_use = True
    thought = think(request.options, shape, entry, _hindrance(request.messages, choice), notes)
    _write_thought(thought, output, body)
    _write_options(request.options, thought, body, notes)
    if words is not None:
        turns.system.append(wire.TextBlock(words))
    if turns.system:
        body["system"] = _system(turns.system)
    if tools:
        body["tools"] = tools
    if choice is not None:
        body["tool_choice"] = choice
    own = own_options(request.options.extra, {"model", "messages", "stream"})
    if isinstance(own, BadRequest):
        return Failure(own)
    body.update(own)
    return Success(Draft(body, tuple(notes), thought.max_tokens, asked.answer_tool))


def _system(blocks: list[wire.TextBlock]) -> str | list[wire.TextBlock]:
    return blocks[0].text if len(blocks) == 1 and blocks[0].cache_control is UNSET else blocks


def _tools(request: Request, shape: Shape, notes: Notes) -> tuple[list[wire.Tool], wire.ToolChoice | None]:
    if not request.tools:
        if request.options.parallel_tool_calls is not None:
            notes.dropped("parallel_tool_calls", "there are no tools to be called")
        return [], None
    return [_tool(tool, shape, notes) for tool in request.tools], _choice(request, shape, notes)


def _tool(tool: ToolSpec, shape: Shape, notes: Notes) -> wire.Tool:
    strict = UNSET if tool.strict is None else tool.strict
    if strict is not UNSET and shape.json_mode != "schema":
        notes.dropped("strict", "this model does not enforce the schema of a tool")
        strict = UNSET
    return wire.Tool(tool.name, Raw(tool.parameters.encode()), tool.description or UNSET, strict)


def _choice(request: Request, shape: Shape, notes: Notes) -> wire.ToolChoice | None:
    one = True if request.options.parallel_tool_calls is False else UNSET
    wanted = request.tool_choice
    if shape.forced_tools is False and wanted not in {"auto", "none"}:
        notes.changed("tool_choice", "this model cannot be made to call a tool", into="auto")
        wanted = "auto"
    match wanted:
        case OneTool(name):
            return wire.ToolChoice("tool", name, one)
        case "required":
            return wire.ToolChoice("any", disable_parallel_tool_use=one)
        case "none":
            return wire.ToolChoice("none")
        case "auto":
            return None if one is UNSET else wire.ToolChoice("auto", disable_parallel_tool_use=one)


def _hindrance(messages: tuple[Message, ...], choice: wire.ToolChoice | None) -> str | None:
    """Why a budget for thinking would be refused now."""
    if choice is not None and choice.type in {"any", "tool"}:
        return "a model that must call a tool must not think"
    if _is_foreign_loop(messages):
        return "a turn with calls that began without thinking ends without it"
    return None


def _is_foreign_loop(messages: tuple[Message, ...]) -> bool:
    """Whether results come last, to calls of a turn that does not begin with thinking of Anthropic's."""
    if not messages or not isinstance(messages[-1], Tool):
        return False
    spoken = [message for message in messages if isinstance(message, Assistant)]
    if not spoken or not any(isinstance(part, ToolCall) for part in spoken[-1].parts):
        return False
    match spoken[-1].parts[0]:
        case Reasoning(_, seal):
            return seal is None or seal.owner != "anthropic-messages"
        case Opaque(kind=kind):
            return kind != "redacted_thinking"
        case _:
            return True


def _write_thought(thought: Thought, output: wire.OutputConfig, body: Body) -> None:
    body["max_tokens"] = thought.max_tokens
    if thought.form is not None:
        body["thinking"] = thought.form
    output.effort = thought.effort or UNSET
    if not (output.effort is UNSET and output.format is UNSET):
        body["output_config"] = output


def _write_options(options: Options, thought: Thought, body: Body, notes: Notes) -> None:
    for name, value in (("temperature", options.temperature), ("top_p", options.top_p), ("top_k", options.top_k)):
        if value is None:
            continue
        if thinks(thought.form) and not (name == "top_p" and value >= _LEAST_TOP_P):
            why = f"below {_LEAST_TOP_P} it is refused" if name == "top_p" else "it is refused"
            notes.dropped(name, f"{why} while the model thinks")
        else:
            body[name] = value
    for name, missing in (
        ("seed", options.seed),
        ("presence_penalty", options.presence_penalty),
        ("frequency_penalty", options.frequency_penalty),
    ):
        if missing is not None:
            notes.dropped(name, "Anthropic has no such option")
    stops = [stop for stop in options.stop if stop.strip()]
    if len(stops) < len(options.stop):
        notes.dropped("stop", "what stops an answer must not be white space alone")
    if stops:
        body["stop_sequences"] = stops


def _is_by_tool(request: Request, shape: Shape) -> bool:
    """Whether the answer is given by a tool that must be called: where a model takes no schema, or not this one."""
    if shape.forced_tools is False:
        return False
    mode = shape.json_mode or "tool"
    circles = isinstance(request.output, Shaped) and not takes_schema(request.output.schema, shape, "anthropic")
    return mode == "tool" or (mode in {"schema", "both"} and circles)


def _format(output: Output, shape: Shape, config: wire.OutputConfig, notes: Notes) -> str | None:
    """Asks for the form of the answer by schema; gives the words where it must be asked in words."""
    match output:
        case FreeText():
            return None
        case AnyJson():
            notes.changed("json", "JSON of any kind can be asked for in words only", into=ASK_FOR_JSON)
            return ASK_FOR_JSON
        case Shaped(schema=schema) if shape.json_mode not in {"schema", "both"}:
            return in_words(schema, notes)
        case Shaped(schema=schema) if not takes_schema(schema, shape, "anthropic"):
            return in_words(schema, notes, why=_CIRCLES)
        case Shaped() as wanted:
            schema = answer_schema(wanted, shape, notes, rule="anthropic")
            config.format = wire.SchemaFormat(Raw(described(schema, wanted.description).encode()))
            return None
