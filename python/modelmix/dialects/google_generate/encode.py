"""A whole request as the body of a `generateContent`."""

from typing import cast
from urllib.parse import quote

from msgspec import UNSET, Raw
from returns.result import Failure, Success

from modelmix.ast.model import Model
from modelmix.ast.options import AnyJson, FreeText, Options, Shaped
from modelmix.ast.request import Request
from modelmix.ast.tool import OneTool, ToolSpec
from modelmix.dialects.draft import Draft, Notes
from modelmix.dialects.forms import ASK_FOR_JSON, NO_SCHEMA, Asked, answer_schema, by_tool, described, in_words
from modelmix.dialects.google_generate import wire
from modelmix.dialects.google_generate.messages import Conversation, encode_messages
from modelmix.dialects.google_generate.thinking import thinking
from modelmix.dialects.options import own_options
from modelmix.errors import BadRequest
from modelmix.jsonvalue import JsonValue
from modelmix.outcome import Outcome
from modelmix.providers.provider import Shape
from modelmix.quirks import Body


def path(model: str, request: Request) -> str:
    """Where a model is asked, below the base URL. Tuned models have a folder of their own: `tunedModels/x`."""
    name = quote(model if "/" in model else f"models/{model}", safe="/")
    return f"/{name}:streamGenerateContent?alt=sse" if request.stream else f"/{name}:generateContent"


def encode(request: Request, _model: str, shape: Shape, _entry: Model | None = None) -> Outcome[Draft]:
    """The body, in the provider's shape but before its rules; only what the caller set is in it."""
    notes = Notes()
    asked = by_tool(request, notes) if shape.json_mode == "tool" else Asked(request)
    if isinstance(asked, BadRequest):
        return Failure(asked)
    request = asked.request
    talk = encode_messages(request.messages, shape, notes)
    body: Body = {"contents": talk.contents}
    generation = _generation(request.options, shape, notes)
    _write_format(request, shape, talk, generation, notes)
    # An empty instruction is refused.
    if talk.instruction:
        body["systemInstruction"] = wire.Instruction(talk.instruction)
    if request.tools:
        body["tools"] = [wire.Functions([_tool(tool) for tool in request.tools])]
        calling = _calling(request, notes)
        if calling is not None:
            body["toolConfig"] = {"functionCallingConfig": calling}
    if generation:
        body["generationConfig"] = generation
    own = own_options(request.options.extra, {"contents", "model"})
    if isinstance(own, BadRequest):
        return Failure(own)
    for name, given in own:
        body[name] = _beside(body.get(name), given)
    return Success(Draft(body, tuple(notes), answer_tool=asked.answer_tool))


def _tool(tool: ToolSpec) -> wire.FunctionDeclaration:
    return wire.FunctionDeclaration(tool.name, Raw(tool.parameters.encode()), tool.description or UNSET)


def _calling(request: Request, notes: Notes) -> wire.CallingConfig | None:
    """How freely tools are called. Schemas are kept by all tools or by none, and always where a call is forced."""
    match request.tool_choice:
        case "none":
            return wire.CallingConfig("NONE")
        case "required":
            return wire.CallingConfig("ANY")
        case OneTool(name):
            return wire.CallingConfig("ANY", (name,))
        case "auto":
            strict = [tool.strict for tool in request.tools]
            if not any(strict):
                return None
            if not all(strict):
                notes.changed("strict", "Gemini checks the arguments of all tools or of none", into="VALIDATED")
            return wire.CallingConfig("VALIDATED")


def _generation(options: Options, shape: Shape, notes: Notes) -> Body:
    settings = (
        ("temperature", options.temperature),
        ("topP", options.top_p),
        ("topK", options.top_k),
        ("maxOutputTokens", options.max_tokens),
        ("stopSequences", options.stop or None),
        ("seed", options.seed),
        ("presencePenalty", options.presence_penalty),
        ("frequencyPenalty", options.frequency_penalty),
        ("thinkingConfig", thinking(options, shape, notes)),
    )
    if options.parallel_tool_calls is not None:
        notes.dropped("parallel_tool_calls", "Gemini decides itself how many tools it calls at once")
    return {name: value for name, value in settings if value is not None}


def _write_format(request: Request, shape: Shape, talk: Conversation, generation: Body, notes: Notes) -> None:
    forced = request.tool_choice == "required" or isinstance(request.tool_choice, OneTool)
    beside = bool(request.tools) and (forced or shape.json_beside_tools is False)
    mode = "none" if beside else shape.json_mode or "both"
    why = "Gemini refuses JSON mode beside these tools" if beside else NO_SCHEMA
    if isinstance(request.output, FreeText):
        return
    if mode != "none":
        generation["responseMimeType"] = "application/json"
    match request.output:
        case Shaped() as wanted if mode in {"both", "schema"}:
            # "Schemas … can be objects, primitives or arrays", of responseSchema, which this one stands in for:
            # https://ai.google.dev/api/generate-content#generationconfig
            schema = answer_schema(wanted, shape, notes, rule="google", root=False)
            generation["responseJsonSchema"] = Raw(described(schema, wanted.description).encode())
        case Shaped(schema=schema):
            _ask(in_words(schema, notes, why=why), talk, shape)
        case AnyJson() if mode == "none":
            notes.changed("json", why, into="an instruction")
            _ask(ASK_FOR_JSON, talk, shape)
        case AnyJson():
            pass


def _ask(words: str, talk: Conversation, shape: Shape) -> None:
    if shape.system_role != "user":
        talk.instruction.append(wire.Part(text=words))
    elif talk.contents and talk.contents[0].role == "user":
        talk.contents[0].parts.insert(0, wire.Part(text=words))
    else:
        talk.contents.insert(0, wire.Content("user", [wire.Part(text=words)]))


def _beside(ours: object, given: JsonValue) -> object:
    """What the caller gives by its wire name, added to what the request itself says there."""
    if isinstance(given, dict) and isinstance(ours, dict):
        return cast("Body", ours) | given
    if isinstance(given, list) and isinstance(ours, list):
        return [*cast("list[object]", ours), *given]
    return given
