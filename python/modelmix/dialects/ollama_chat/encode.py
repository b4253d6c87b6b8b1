"""A whole request as the body of a chat."""

from typing import Final

from msgspec import UNSET, Raw
from msgspec.json import encode as to_json
from returns.result import Failure, Success

from modelmix.ast.content import Text
from modelmix.ast.model import Model
from modelmix.ast.options import AnyJson, FreeText, Options, Shaped
from modelmix.ast.request import Request
from modelmix.ast.tool import OneTool, ToolSpec
from modelmix.dialects.draft import Draft, Notes
from modelmix.dialects.forms import ASK_FOR_JSON, NO_SCHEMA, answer_schema, in_words, unsaid
from modelmix.dialects.ollama_chat import wire
from modelmix.dialects.ollama_chat.messages import Turns, encode_messages, instructions
from modelmix.dialects.options import nearest, own_options
from modelmix.errors import BadRequest, Unsupported
from modelmix.jsonvalue import JsonValue
from modelmix.outcome import Outcome
from modelmix.providers.provider import Shape
from modelmix.quirks import Body

_RUNTIME: Final = frozenset(
    {
        # `Options` and `Runner` of the server's `api/types.go`, those of earlier versions included.
        "draft_num_predict",
        "f16_kv",
        "frequency_penalty",
        "logits_all",
        "low_vram",
        "main_gpu",
        "min_p",
        "mirostat",
        "mirostat_eta",
        "mirostat_tau",
        "num_batch",
        "num_ctx",
        "num_gpu",
        "num_keep",
        "num_predict",
        "num_thread",
        "numa",
        "penalize_newline",
        "presence_penalty",
        "repeat_last_n",
        "repeat_penalty",
        "seed",
        "stop",
        "temperature",
        "tfs_z",
        "top_k",
        "top_p",
        "typical_p",
        "use_mlock",
        "use_mmap",
        "vocab_only",
    }
)
"""What the caller may name as an option of the provider and belongs under `options`; the rest stands beside it."""


def path(_model: str, _request: Request) -> str:
    """Where chats live, below the base URL."""
    return "/api/chat"


def encode(request: Request, model: str, shape: Shape, _entry: Model | None = None) -> Outcome[Draft]:
    """The body, in the provider's shape but before its rules; only what the caller set is in it."""
    notes = Notes()
    turns = encode_messages(request.messages, shape, notes)
    if isinstance(turns, Unsupported):
        return Failure(turns)
    body: Body = {"model": model, "messages": turns, "stream": request.stream}
    tools = _offered(request, notes)
    if tools:
        body["tools"] = [_tool(tool, notes) for tool in tools]
    options = _options(request.options, notes)
    _write_thinking(request.options, shape, body, notes)
    _write_format(request, shape, turns, body, notes, free=bool(tools))
    own = own_options(request.options.extra, {"model", "messages", "stream"})
    problem = own if isinstance(own, BadRequest) else _write_own(own, body, options)
    if problem is not None:
        return Failure(problem)
    if options:
        body["options"] = options
    return Success(Draft(body, tuple(notes)))


def _write_own(own: list[tuple[str, JsonValue]], body: Body, options: dict[str, object]) -> BadRequest | None:
    """The provider's own options, each where the server looks for it."""
    for name, given in own:
        if name == "options":
            if not isinstance(given, dict):
                return BadRequest(field=name, value=to_json(given).decode(), expected="an object")
            options.update(given)
        elif name in _RUNTIME:
            options[name] = given
        else:
            body[name] = given
    return None


def _offered(request: Request, notes: Notes) -> tuple[ToolSpec, ...]:
    """The tools that the model is told of: the API has no other way to choose among them."""
    choice = request.tool_choice
    if not request.tools or choice == "auto":
        return request.tools
    if choice == "none":
        notes.changed("tool_choice", "Ollama lets no one choose", into="a request without tools")
        return ()
    if isinstance(choice, OneTool):
        notes.changed("tool_choice", "Ollama cannot make a model call a tool", into="the one tool, which may be called")
        return tuple(tool for tool in request.tools if tool.name == choice.name)
    notes.dropped("tool_choice", "Ollama cannot make a model call a tool")
    return request.tools


def _tool(tool: ToolSpec, notes: Notes) -> wire.ToolEntry:
    if tool.strict is not None:
        notes.dropped("strict", "Ollama does not hold arguments to their schema; they are checked on arrival")
    return wire.ToolEntry(
        wire.FunctionSpec(
            name=tool.name, parameters=Raw(tool.parameters.encode()), description=tool.description or UNSET
        )
    )


def _options(options: Options, notes: Notes) -> dict[str, object]:
    """What is set for the run of the model, under its own roof."""
    settings = (
        ("temperature", options.temperature),
        ("top_p", options.top_p),
        ("top_k", options.top_k),
        ("num_predict", options.max_tokens),
        ("seed", options.seed),
        ("presence_penalty", options.presence_penalty),
        ("frequency_penalty", options.frequency_penalty),
        ("stop", options.stop or None),
    )
    if options.parallel_tool_calls is not None:
        notes.dropped("parallel_tool_calls", "Ollama lets the model choose")
    return {name: value for name, value in settings if value is not None}


def _write_thinking(options: Options, shape: Shape, body: Body, notes: Notes) -> None:
    if options.reasoning_budget is not None:
        notes.dropped("reasoning_budget", "Ollama knows reasoning by on and off, or by level")
    effort = options.reasoning_effort
    if effort is None:
        return
    match shape.thinking:
        case "none":
            notes.dropped("reasoning_effort", "this provider does not let you choose")
        case _ if effort == "none":
            body["think"] = False
        case "level":
            body["think"] = nearest(effort, ("low", "medium", "high"), notes)
        case "budget" | "adaptive" | "either" | None:
            notes.changed("reasoning_effort", "this model thinks or does not", into="think")
            body["think"] = True


def _write_format(request: Request, shape: Shape, turns: Turns, body: Body, notes: Notes, *, free: bool) -> None:
    """Asks for JSON. `free` where tools may be called: the grammar of a format would keep the model from it."""
    mode = shape.json_mode or "both"
    match request.output:
        case FreeText():
            return
        case Shaped() as wanted if mode in {"both", "schema"} and not free:
            # The server makes a grammar of any schema, whatever its root (`SchemaToGrammar` in its `llm/server.go`).
            schema = answer_schema(wanted, shape, notes, rule="any", root=False)
            body["format"] = Raw(schema.encode())
        case Shaped(schema=schema):
            # The grammar of `json` is that of objects.
            root = mode == "object" and not free and shape.root_object is not False
            _instruct(in_words(schema, notes, why=_why_in_words(free=free), root=root), turns, notes)
            _ask_for_object(mode, body, free=free)
        case AnyJson():
            # Without the word, models have been seen to write white space without end (docs/api.md of the server).
            if unsaid((turn.content for turn in turns), notes):
                _instruct(ASK_FOR_JSON, turns, notes)
            if free or mode in {"none", "tool"}:
                notes.changed("json", _why_in_words(free=free), into="an instruction")
            elif mode == "schema":
                body["format"] = Raw(b'{"type":"object"}')
            else:
                body["format"] = "json"


def _why_in_words(*, free: bool) -> str:
    return "a format would keep the model from calling tools" if free else NO_SCHEMA


def _ask_for_object(mode: str, body: Body, *, free: bool) -> None:
    if mode in {"both", "object"} and not free:
        body["format"] = "json"


def _instruct(words: str, turns: Turns, notes: Notes) -> None:
    first = turns[0] if turns else None
    if isinstance(first, wire.SystemMessage):
        first.content = f"{first.content}\n\n{words}"
    else:
        turns.insert(0, instructions((Text(words),), notes))
