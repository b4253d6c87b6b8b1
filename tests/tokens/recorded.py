"""Recorded requests as ours, beside what their providers counted. Those that hold more than words and tools are out."""

import gzip
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias, cast

import msgspec
from msgspec import Struct

from modelmix.ast.content import JsonText, Reasoning, Text, ToolCall, ToolResult
from modelmix.ast.message import Assistant, Message, System, Tool, User
from modelmix.ast.options import AnyJson, FreeText, Options, Output, Shaped
from modelmix.ast.request import Request
from modelmix.ast.response import Response
from modelmix.ast.tool import ToolSpec

RECORDINGS: Final = Path(__file__).parents[3] / "shared" / "recordings" / "dev"
"""Where they lie, beside the project."""

Json: TypeAlias = Mapping[str, object]

_EMPTY: Final[Json] = {}


class Sample(NamedTuple):
    """A recorded exchange: what was asked and answered, and the provider's counts."""

    id: str
    model: str
    request: Request | None
    """None where it cannot be said in ours, or is not what was sent."""
    answer: Response
    input: int
    output: int | None

    @property
    def held_out(self) -> bool:
        """Whether nothing is fitted on it: equal questions are on one side, whichever model they went to."""
        said = self.request.messages if self.request else self.answer.text
        return hashlib.sha256(msgspec.json.encode(said)).digest()[0] % 3 == 0


class ForeignError(Exception):
    """A request that holds something else than words and tools."""


class _Usage(Struct):
    input_total: int | None = None
    output_total: int | None = None


class _Counts(Struct):
    reasoning: int | None = None


class _Call(Struct):
    name: str
    arguments: msgspec.Raw = msgspec.Raw(b"{}")
    arguments_raw: str | None = None


class _Expected(Struct):
    text: str | None = None
    reasoning: str | None = None
    tool_calls: tuple[_Call, ...] = ()
    usage_full: _Usage | None = None
    usage: _Counts | None = None
    other_items: msgspec.Raw = msgspec.Raw(b"null")
    n_choices: int | None = None


class _Request(Struct):
    body: msgspec.Raw = msgspec.Raw(b"null")


class _Status(Struct):
    status: int | None = None


class _Record(Struct):
    id: str
    dialect: str
    response: _Status
    expected: _Expected
    model: str | None = None
    request: _Request | None = None


def samples(folder: Path = RECORDINGS) -> Iterator[Sample]:
    """All good replies with a count; none where there are no recordings."""
    for file in sorted(folder.glob("*.jsonl.gz")):
        for line in gzip.decompress(file.read_bytes()).splitlines():
            record = msgspec.json.decode(line, type=_Record)
            usage = record.expected.usage_full
            if record.dialect in _TALKS and usage and usage.input_total and (record.response.status or 0) < 300:
                yield _sample(record, usage.input_total, usage.output_total)


def _sample(record: _Record, input_: int, output: int | None) -> Sample:
    said = record.expected
    parts = (
        *([Reasoning(said.reasoning)] if said.reasoning else ()),
        *([Text(said.text)] if said.text else ()),
        *(_made(call.name, call.arguments_raw or bytes(call.arguments).decode()) for call in said.tool_calls),
    )
    # Items of other kinds, answers beside the first and secret thoughts are in the count and not in the record.
    secret = said.usage is not None and bool(said.usage.reasoning) and not said.reasoning
    alone = bytes(said.other_items) in {b"null", b"[]"} and (said.n_choices or 1) == 1 and not secret
    body = _map(msgspec.json.decode(record.request.body) if record.request else None)
    return Sample(
        id=record.id,
        model=record.model or _text(body, "model") or "unknown",
        request=_request(record, body),
        answer=Response(parts=parts),
        input=input_,
        output=output if alone else None,
    )


def _request(record: _Record, body: Json) -> Request | None:
    # This source puts its bodies together from notes, so that they are not what was counted.
    if not body or record.id.startswith("closeclaw/") or b"elided" in bytes(_raw(record)):
        return None
    reader = _READERS.get(record.dialect)
    try:
        return None if reader is None else reader(body)
    except (ForeignError, KeyError):
        return None


def _raw(record: _Record) -> msgspec.Raw:
    return record.request.body if record.request else msgspec.Raw(b"")


# Reading wire JSON: what is not as expected is foreign.


def _text(node: object, *path: str) -> str:
    for name in path:
        node = cast("Json", node).get(name) if isinstance(node, dict) else None
    if node is not None and not isinstance(node, str):
        raise ForeignError
    return node or ""


def _list(node: object) -> Sequence[object]:
    if node is None:
        return ()
    if not isinstance(node, list):
        raise ForeignError
    return cast("list[object]", node)


def _map(node: object) -> Json:
    if node is None:
        return _EMPTY
    if not isinstance(node, dict):
        raise ForeignError
    return cast("Json", node)


def _json(value: object) -> JsonText:
    return JsonText(msgspec.json.encode(value).decode())


def _made(name: str, arguments: str) -> ToolCall:
    return ToolCall(id="", name=name, arguments=JsonText(arguments))


def _words(content: object, *kinds: str) -> list[Text]:
    """A text, or a list of parts that are all texts."""
    if isinstance(content, str):
        return [Text(content)]
    found: list[Text] = []
    for part in _list(content):
        if isinstance(part, str):
            found.append(Text(part))
        elif _text(part, "type") in kinds:
            found.append(Text(_text(part, "text")))
        else:
            raise ForeignError
    return found


def _turn(role: str, words: Sequence[Text], calls: Sequence[ToolCall] = (), thought: str = "") -> Message:
    if role in {"system", "developer"}:
        return System(tuple(words))
    if role in {"assistant", "model"}:
        return Assistant((*([Reasoning(thought)] if thought else ()), *words, *calls))
    return User(tuple(words))


def _result(*content: Text) -> ToolResult:
    return ToolResult(call_id="", name="", content=content)


def _spec(function: Json, schema: str) -> ToolSpec:
    # A tool without a type of its own is the provider's.
    parameters = _json(function.get(schema) or {})
    return ToolSpec(name=_text(function, "name"), description=_text(function, "description"), parameters=parameters)


def _form(schema: object, *, json: bool) -> Output:
    if schema is None:
        return AnyJson() if json else FreeText()
    return Shaped(name="answer", schema=_json(_map(schema)))


def _chat(body: Json) -> Request:
    messages: list[Message] = []
    for one in map(_map, _list(body["messages"])):
        words = _words(one.get("content"), "text")
        calls = [
            _made(_text(call, "function", "name"), _text(call, "function", "arguments"))
            for call in _list(one.get("tool_calls"))
        ]
        if _text(one, "role") == "tool":
            messages.append(Tool((_result(*words),)))
        else:
            messages.append(_turn(_text(one, "role"), words, calls, _text(one, "reasoning_content")))
    tools = [_map(tool) for tool in _list(body.get("tools"))]
    if "functions" in body or any("function" not in tool for tool in tools):
        raise ForeignError
    form = _map(body.get("response_format"))
    return Request(
        messages=tuple(messages),
        tools=tuple([_spec(_map(tool["function"]), "parameters") for tool in tools]),
        output=_form(_map(form.get("json_schema")).get("schema"), json="type" in form),
        options=_thinking(on="reasoning" in body or "thinking" in body),
    )


def _thinking(*, on: bool) -> Options:
    return Options(reasoning_effort="medium" if on else None)


def _responses(body: Json) -> Request:
    if any(body.get(name) for name in ("previous_response_id", "conversation", "prompt")):
        raise ForeignError
    messages: list[Message] = [System((Text(_text(body, "instructions")),))] if body.get("instructions") else []
    whole = body["input"]
    items = [{"role": "user", "content": whole}] if isinstance(whole, str) else [_map(item) for item in _list(whole)]
    for item in items:
        match item.get("type", "message"):
            case "message":
                words = _words(item.get("content"), "input_text", "output_text")
                messages.append(_turn(_text(item, "role"), words))
            case "function_call":
                messages.append(Assistant((_made(_text(item, "name"), _text(item, "arguments")),)))
            case "function_call_output":
                messages.append(Tool((_result(Text(_text(item, "output"))),)))
            case _:
                raise ForeignError
    tools = [_map(tool) for tool in _list(body.get("tools"))]
    if any(tool.get("type") != "function" for tool in tools):
        raise ForeignError
    form = _map(_map(body.get("text")).get("format"))
    return Request(
        messages=tuple(messages),
        tools=tuple([_spec(tool, "parameters") for tool in tools]),
        output=_form(form.get("schema"), json=form.get("type") == "json_object"),
        options=_thinking(on="reasoning" in body),
    )


def _anthropic(body: Json) -> Request:
    if body.get("mcp_servers") or body.get("container") or body.get("context_management"):
        raise ForeignError
    system = _words(body.get("system"), "text")
    messages: list[Message] = [System(tuple(system))] if system else []
    for one in map(_map, _list(body["messages"])):
        messages += _blocks(_text(one, "role"), one.get("content"))
    tools = [_map(tool) for tool in _list(body.get("tools"))]
    if any(tool.get("type", "custom") != "custom" for tool in tools):
        raise ForeignError
    form = _map(body.get("output_format") or _map(body.get("output_config")).get("format"))
    return Request(
        messages=tuple(messages),
        tools=tuple([_spec(tool, "input_schema") for tool in tools]),
        output=_form(form.get("schema"), json=False),
        options=_thinking(on=_text(body, "thinking", "type") in {"enabled", "adaptive"}),
    )


def _blocks(role: str, content: object) -> Iterator[Message]:
    if isinstance(content, str):
        yield _turn(role, [Text(content)])
        return
    words: list[Text] = []
    calls: list[ToolCall] = []
    results: list[ToolResult] = []
    for block in map(_map, _list(content)):
        match block.get("type"):
            case "text":
                words.append(Text(_text(block, "text")))
            case "tool_use":
                calls.append(_made(_text(block, "name"), _json(block.get("input"))))
            case "tool_result":
                results.append(_result(*_words(block.get("content"), "text")))
            case _:
                raise ForeignError
    if results:
        yield Tool(tuple(results))
    if words or calls:
        yield _turn(role, words, calls)


def _google(body: Json) -> Request:
    if body.get("cachedContent"):
        raise ForeignError
    system = _map(body.get("systemInstruction") or body.get("system_instruction"))
    messages: list[Message] = []
    if system:
        messages.append(System(tuple([Text(_text(part, "text")) for part in _list(system.get("parts"))])))
    for content in map(_map, _list(body["contents"])):
        messages += _contents(_text(content, "role"), _list(content.get("parts")))
    tools: list[Json] = []
    for tool in map(_map, _list(body.get("tools"))):
        if set(tool) - {"functionDeclarations", "function_declarations"}:
            raise ForeignError
        tools += map(_map, _list(tool.get("functionDeclarations") or tool.get("function_declarations")))
    config = _map(body.get("generationConfig") or body.get("generation_config"))
    schema = config.get("responseSchema") or config.get("responseJsonSchema")
    return Request(
        messages=tuple(messages),
        tools=tuple(
            [_spec(tool, "parameters" if tool.get("parameters") else "parametersJsonSchema") for tool in tools]
        ),
        output=_form(schema, json="responseMimeType" in config),
        options=_thinking(on="thinkingConfig" in config),
    )


def _contents(role: str, parts: Sequence[object]) -> Iterator[Message]:
    words: list[Text] = []
    calls: list[ToolCall] = []
    results: list[ToolResult] = []
    for part in map(_map, parts):
        if "text" in part and not part.get("thought"):
            words.append(Text(_text(part, "text")))
        elif "functionCall" in part:
            calls.append(_made(_text(part, "functionCall", "name"), _json(_map(part["functionCall"]).get("args"))))
        elif "functionResponse" in part:
            results.append(_result(Text(_json(_map(part["functionResponse"]).get("response")))))
        else:
            raise ForeignError
    if results:
        yield Tool(tuple(results))
    if words or calls:
        yield _turn(role, words, calls)


_READERS: Final = {
    "openai-chat": _chat,
    "mistral-chat": _chat,
    "openai-responses": _responses,
    "anthropic-messages": _anthropic,
    "google-generate": _google,
}

_TALKS: Final = frozenset(_READERS) | {"bedrock-converse", "bedrock-invoke-anthropic", "cohere-chat-v2", "ollama-chat"}
"""Dialects in which models answer in words; of those that have no reader, the answers count."""
