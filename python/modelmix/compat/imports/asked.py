"""What a recorded request asks for, read from the words of its wire: what its reply can be held to."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from msgspec.json import encode

from modelmix.ast.content import JsonText
from modelmix.jsonvalue import JsonValue, objects
from modelmix.node import Node


class Asked(Node, frozen=True, kw_only=True):
    """What a request asks for. None stands for what it leaves open."""

    tools: Mapping[str, JsonText | None] = MappingProxyType({})
    """The schema of each tool's arguments, by name; None for a tool that the provider runs itself."""
    schema: JsonText | None = None
    """What the answer must fit."""
    limit: int | None = None
    """Tokens of the answer, at most."""
    texts: int | None = None
    """How many texts are to become vectors."""
    dimensions: int | None = None


def asked(wire: str, url: str, body: JsonValue) -> Asked:
    """What a request to a URL asks for; `wire` is one of `found.WIRES`."""
    said = _object(body)
    reader = _READERS.get(wire)
    return Asked() if reader is None or not said else reader(said, urlsplit(url).path)


def _chat(said: Mapping[str, JsonValue], _path: str) -> Asked:
    form = _object(said.get("response_format"))
    # `functions` is what `tools` were called before November 2023.
    older = {
        str(function.get("name")): _schema(function.get("parameters")) for function in objects(said.get("functions"))
    }
    return Asked(
        tools={**older, **dict(_functions(said.get("tools")))},
        schema=_schema(_object(form.get("json_schema")).get("schema")),
        limit=_number(said, "max_completion_tokens", "max_tokens"),
    )


def _responses(said: Mapping[str, JsonValue], _path: str) -> Asked:
    form = _object(_object(said.get("text")).get("format"))
    # Tools may also come in the course of a conversation, in `additional_tools` and `tool_search_output`.
    lists = [said.get("tools"), *(item.get("tools") for item in objects(said.get("input")))]
    tools = {
        str(tool.get("name") or tool.get("type")): _schema(tool.get("parameters"))
        for each in lists
        for tool in objects(each)
    }
    return Asked(tools=tools, schema=_schema(form.get("schema")), limit=_number(said, "max_output_tokens"))


def _messages(said: Mapping[str, JsonValue], _path: str) -> Asked:
    form = _object(said.get("output_format")) or _object(_object(said.get("output_config")).get("format"))
    tools = {str(tool.get("name")): _schema(tool.get("input_schema")) for tool in objects(said.get("tools"))}
    return Asked(tools=tools, schema=_schema(form.get("schema")), limit=_number(said, "max_tokens"))


def _generate(said: Mapping[str, JsonValue], _path: str) -> Asked:
    settings = _object(said.get("generationConfig") or said.get("generation_config"))
    tools = {
        str(function.get("name")): _schema(function.get("parametersJsonSchema") or _lower(function.get("parameters")))
        for tool in objects(said.get("tools"))
        for function in objects(tool.get("functionDeclarations") or tool.get("function_declarations"))
    }
    schema = settings.get("responseJsonSchema") or _lower(settings.get("responseSchema"))
    return Asked(tools=tools, schema=_schema(schema), limit=_number(settings, "maxOutputTokens"))


def _ollama(said: Mapping[str, JsonValue], _path: str) -> Asked:
    return Asked(
        tools=dict(_functions(said.get("tools"))),
        schema=_schema(said.get("format")),
        limit=_number(_object(said.get("options")), "num_predict"),
    )


def _vectors(said: Mapping[str, JsonValue], _path: str) -> Asked:
    texts = said.get("input")
    tokens = isinstance(texts, list) and bool(texts) and all(isinstance(each, int) for each in texts)
    count = len(texts) if isinstance(texts, list) and not tokens else 1
    return Asked(texts=count, dimensions=_number(said, "dimensions"))


def _google_vectors(said: Mapping[str, JsonValue], path: str) -> Asked:
    if path.endswith(":embedContent"):
        return Asked(texts=1, dimensions=_number(said, "outputDimensionality"))
    requests = objects(said.get("requests"))
    sizes = {_number(request, "outputDimensionality") for request in requests}
    return Asked(texts=len(requests), dimensions=sizes.pop() if len(sizes) == 1 else None)


_READERS: Final[Mapping[str, Callable[[Mapping[str, JsonValue], str], Asked]]] = MappingProxyType(
    {
        "openai-chat": _chat,
        "openai-responses": _responses,
        "anthropic-messages": _messages,
        "google-generate": _generate,
        "ollama-chat": _ollama,
        "openai-embeddings": _vectors,
        "google-embed": _google_vectors,
        "ollama-embed": _vectors,
    }
)


def _functions(tools: JsonValue) -> Iterator[tuple[str, JsonText | None]]:
    for tool in objects(tools):
        function = _object(tool.get("function"))
        yield str(function.get("name") or tool.get("type")), _schema(function.get("parameters"))


def _object(value: JsonValue) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}


def _schema(value: JsonValue) -> JsonText | None:
    return JsonText(encode(value).decode()) if isinstance(value, dict) and value else None


def _number(said: Mapping[str, JsonValue], *names: str) -> int | None:
    found = (said.get(name) for name in names)
    return next((each for each in found if isinstance(each, int) and each > 0), None)


def _lower(schema: JsonValue) -> JsonValue:
    """A schema in Google's words as JSON Schema: types in small letters, `nullable` as a type."""
    if isinstance(schema, list):
        return [_lower(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    said = {name: _lower(value) for name, value in schema.items() if not isinstance(value, bool) or name != "nullable"}
    kind = said.get("type")
    if isinstance(kind, str):
        said["type"] = [kind.lower(), "null"] if schema.get("nullable") is True else kind.lower()
    return said
