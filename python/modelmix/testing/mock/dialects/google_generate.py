"""google-generate: what is asked and what is answered.

https://ai.google.dev/api/generate-content; fields may be written in camel case or, as its SDKs once did, in snake case.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from msgspec.json import encode

from modelmix.jsonvalue import JsonValue, objects
from modelmix.testing.mock.asked import Asked, Choice, Json, Offer, Problem, joined, number, under
from modelmix.testing.mock.counting import pieces, tokens
from modelmix.testing.mock.said import Said
from modelmix.testing.mock.wire import Document, array, event

# https://cloud.google.com/apis/design/errors#handling_errors
_ERRORS: Final[Mapping[int, str]] = MappingProxyType(
    {
        400: "INVALID_ARGUMENT",
        401: "UNAUTHENTICATED",
        403: "PERMISSION_DENIED",
        404: "NOT_FOUND",
        409: "ABORTED",
        429: "RESOURCE_EXHAUSTED",
        500: "INTERNAL",
        501: "UNIMPLEMENTED",
        503: "UNAVAILABLE",
        504: "DEADLINE_EXCEEDED",
    }
)
_STOPS: Final = MappingProxyType(
    {"stop": "STOP", "length": "MAX_TOKENS", "tool_calls": "STOP", "content_filter": "SAFETY"}
)


def error(problem: Problem) -> Document:
    """The body of an error."""
    status = problem.code or _ERRORS.get(problem.status, "UNKNOWN")
    inner: dict[str, object] = {"code": problem.status, "message": problem.message, "status": status}
    if problem.retry_after is not None:
        kind = "type.googleapis.com/google.rpc.RetryInfo"
        inner["details"] = [{"@type": kind, "retryDelay": f"{problem.retry_after:g}s"}]
    return {"error": inner}


def unknown_model(model: str) -> Problem:
    """The refusal of a model that is not served."""
    hint = "Call ListModels to see the list of available models and their supported methods."
    text = f"models/{model} is not found for API version v1beta, or is not supported for generateContent."
    return Problem(status=404, message=f"{text} {hint}")


def read(body: Json, model: str) -> Asked | Problem:
    """What a request asks, but for whether it is to be streamed, which its path says."""
    contents = objects(body.get("contents"))
    if not contents:
        return Problem(message="* GenerateContentRequest.contents: contents is not specified\n")
    for at, content in enumerate(contents):
        if content.get("role", "user") not in {"user", "model", "function"}:
            return Problem(message="Please use a valid role: user, model.")
        if not objects(content.get("parts")):
            text = f"* GenerateContentRequest.contents[{at}].parts: contents.parts must not be empty.\n"
            return Problem(message=text)
    options = under(body, "generationConfig", "generation_config")
    if (number(under(options, "candidateCount", "candidate_count")) or 1) != 1:
        return Problem(message="mock: it gives one candidate")
    users = [spoken for content in contents if content.get("role") != "model" and (spoken := _words(content))]
    results = (under(part, "functionResponse", "function_response") for part in _parts(contents[-1]))
    choice, named = _choice(body)
    form = under(options, "responseJsonSchema", "response_json_schema", "responseSchema", "response_schema")
    return Asked(
        model=model,
        stream=False,
        user=users[-1] if users else "",
        result=joined(_result(result) for result in results if result is not None),
        input=count(body),
        tools=tuple(_offers(body.get("tools"))),
        choice=choice,
        named=named,
        form=form,
        json=under(options, "responseMimeType", "response_mime_type") == "application/json",
        limit=number(under(options, "maxOutputTokens", "max_output_tokens")),
        body=body,
    )


def count(body: Json) -> int:
    """The tokens of all contents and of the system instruction."""
    system = under(body, "systemInstruction", "system_instruction")
    whole = (*([system] if isinstance(system, dict) else ()), *objects(body.get("contents")))
    return sum(tokens(_words(content)) + sum(map(_result_tokens, _parts(content))) for content in whole)


def _parts(content: Json) -> tuple[Json, ...]:
    return objects(content.get("parts"))


def _words(content: Json) -> str:
    return "\n".join(text for part in _parts(content) if isinstance(text := part.get("text"), str))


def _result_tokens(part: Json) -> int:
    result = under(part, "functionResponse", "function_response")
    return 0 if result is None else tokens(_result(result))


def _result(result: JsonValue) -> str:
    """The words of a result: what stands under `output` or `result`, as clients wrap it, or all of it."""
    response = under(result, "response")
    told = under(response, "output", "result", "error")
    value = response if told is None else told
    return value if isinstance(value, str) else encode(value).decode()


def _choice(body: Json) -> tuple[Choice, str | None]:
    config = under(under(body, "toolConfig", "tool_config"), "functionCallingConfig", "function_calling_config")
    allowed = under(config, "allowedFunctionNames", "allowed_function_names")
    match under(config, "mode"):
        case "NONE":
            return "none", None
        case "ANY":
            named = str(allowed[0]) if isinstance(allowed, list) and allowed else None
            return "required", named
        case _:
            return "auto", None


def _offers(tools: JsonValue) -> Iterator[Offer]:
    for tool in objects(tools):
        for function in objects(under(tool, "functionDeclarations", "function_declarations")):
            name = function.get("name")
            if isinstance(name, str):
                yield Offer(name, under(function, "parametersJsonSchema", "parameters_json_schema", "parameters"))


def whole(asked: Asked, said: Said) -> Document:
    """An answer in one piece."""
    return _piece(asked, said, [*_thoughts(said, whole=True), *_answer(said, whole=True)], last=True)


def frames(asked: Asked, said: Said) -> Iterator[bytes]:
    """An answer as it comes: events, or the items of an array without `alt=sse`."""
    parts = [*_thoughts(said, whole=False), *_answer(said, whole=False)]
    rest = [_piece(asked, said, [part], last=False) for part in parts[:-1]]
    documents = [*rest, _piece(asked, said, parts[-1:], last=True)]
    yield from map(event, documents) if asked.events else array(documents)


def _thoughts(said: Said, *, whole: bool) -> Iterator[Document]:
    for piece in _cut(said.reasoning, whole=whole):
        yield {"text": piece, "thought": True}


def _answer(said: Said, *, whole: bool) -> Iterator[Document]:
    for piece in _cut(said.text, whole=whole):
        yield {"text": piece}
    for call in said.calls:
        yield {"functionCall": {"name": call.name, "args": call.value}}


def _cut(text: str, *, whole: bool) -> tuple[str, ...]:
    return ((text,) if text else ()) if whole else pieces(text)


def _piece(asked: Asked, said: Said, parts: list[Document], *, last: bool) -> Document:
    candidate: dict[str, object] = {"content": {"parts": parts, "role": "model"}, "index": 0}
    if last:
        candidate["finishReason"] = _STOPS[said.finish]
    if last and said.refusal is not None:
        candidate["finishMessage"] = said.refusal
    named = {"modelVersion": asked.model, "responseId": f"mock{said.serial}"}
    return {"candidates": [candidate], "usageMetadata": _usage(asked, said, counted=last), **named}


def _usage(asked: Asked, said: Said, *, counted: bool) -> Document:
    prompt = {"promptTokenCount": asked.input}
    if not counted:
        return {**prompt, "totalTokenCount": asked.input}
    thoughts = {"thoughtsTokenCount": said.thought} if said.thought else {}
    answer = {"candidatesTokenCount": said.spoken, **thoughts}
    return {**prompt, **answer, "totalTokenCount": asked.input + said.output}
