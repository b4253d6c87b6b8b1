"""Google's Gemini: https://ai.google.dev/api/generate-content, https://ai.google.dev/api/embeddings.

JSON there is that of protocol buffers: names in camel case, replies indented by two. A stream (`alt=sse`) is events
whose lines end in CRLF, each a whole reply with the usage so far, and no `[DONE]`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, cast

from simulate import vectors
from simulate.asked import PARCEL, PERSON, SEED, WORDS, Asked
from simulate.chat import Body
from simulate.framing import SENT, SENT_FOR_STREAM, SSE, data, document
from simulate.kept import Exchange, Simulated
from simulate.told import Counts, Told, answers, counts, words

_MODELS: Final = "https://generativelanguage.googleapis.com/v1beta/models"
_JSON: Final = "application/json; charset=UTF-8"
_SIGNATURE: Final = "c2ltdWxhdGVk"
_EMBEDDER: Final = "gemini-embedding-001"


@dataclass(frozen=True, kw_only=True)
class _Model:
    """A model. `third`: from Gemini 3 on, thinking has levels, calls have ids, and thoughts a signature."""

    id: str
    third: bool


def simulated() -> list[Simulated]:
    """One whose thinking has a budget, one whose thinking has levels, and vectors."""
    models = (_Model(id="gemini-2.5-flash", third=False), _Model(id="gemini-3.5-flash", third=True))
    found = [
        Simulated("google", model.id, scenario, tuple(_exchanges(model, scenario)))
        for model in models
        for scenario in WORDS
    ]
    return [*found, *vectors.google(_EMBEDDER, f"{_MODELS}/{_EMBEDDER}:batchEmbedContents")]


def _exchanges(model: _Model, scenario: str) -> Iterator[Exchange]:
    told, asked = answers(scenario, "always"), WORDS[scenario]
    for step in range(1, len(told) + 1):
        now, counted = told[step - 1], counts(scenario, told, step)
        method = "streamGenerateContent?alt=sse" if asked.stream else "generateContent"
        pieces = [_reply(model, scenario, asked, now, step, counted)]
        if asked.stream:
            pieces = [*_pieces(pieces[0], now, counted)]
        yield Exchange(
            url=f"{_MODELS}/{model.id}:{method}",
            headers=SENT_FOR_STREAM if asked.stream else SENT,
            request=_request(model, asked, told[: step - 1]),
            kind=SSE if asked.stream else _JSON,
            reply=data(pieces, end="\r\n", done=False) if asked.stream else document(pieces[0], indent=2),
        )


def _request(model: _Model, asked: Asked, before: Sequence[Told]) -> Body:
    config: Body = {"maxOutputTokens": asked.max_tokens, "seed": SEED}
    if asked.temperature is not None:
        config["temperature"] = asked.temperature
    if asked.top_p is not None:
        config["topP"] = asked.top_p
    if asked.person:
        # https://ai.google.dev/gemini-api/docs/structured-output: `additionalProperties` may be said and need not be.
        config |= {"responseMimeType": "application/json", "responseJsonSchema": PERSON}
    if asked.effort:
        # https://ai.google.dev/gemini-api/docs/thinking: a level as it is called; summaries come where they are asked
        # for. As a budget, https://ai.google.dev/gemini-api/docs/openai#thinking has 1,024 for low.
        how: Body = {"thinkingLevel": asked.effort} if model.third else {"thinkingBudget": 1024}
        config["thinkingConfig"] = {**how, "includeThoughts": True}
    body: Body = {"contents": _contents(model, asked, before), "generationConfig": config}
    if asked.system:
        body["systemInstruction"] = {"parts": [{"text": asked.system}]}
    if asked.tools:
        body["tools"] = [
            {
                "functionDeclarations": [
                    {"name": tool.name, "description": tool.description, "parametersJsonSchema": tool.parameters}
                    for tool in asked.tools
                ]
            }
        ]
    return body


def _contents(model: _Model, asked: Asked, before: Sequence[Told]) -> list[Body]:
    """https://ai.google.dev/gemini-api/docs/function-calling: the call goes back as it came, its signature included."""
    contents: list[Body] = [{"role": "user", "parts": [{"text": asked.prompt}]}]
    for step, told in enumerate(before, start=1):
        if told.call is not None:
            named = _named(model, step) | {"name": told.call.name}
            # "output" is where a result stands that is no object itself: https://ai.google.dev/api/caching#FunctionResponse
            result = {"functionResponse": {**named, "response": {"output": PARCEL}}}
            contents.append({"role": "model", "parts": _parts(model, asked, told, step)})
            contents.append({"role": "user", "parts": [result]})
    return contents


def _named(model: _Model, step: int) -> Body:
    return {"id": f"simulated{step}"} if model.third else {}


def _parts(model: _Model, asked: Asked, told: Told, step: int) -> list[Body]:
    """Thoughts are shown only where they were asked for: https://ai.google.dev/gemini-api/docs/thinking#summaries."""
    sealed = {"thoughtSignature": _SIGNATURE} if model.third else {}
    parts: list[Body] = [{"text": told.thinking, "thought": True}] if asked.effort else []
    if told.call is not None:
        call = {"name": told.call.name, "args": told.call.values, **_named(model, step)}
        parts.append({"functionCall": call, **sealed})
    if told.text:
        # https://ai.google.dev/gemini-api/docs/thought-signatures: on the last part, where there is no call.
        parts.append({"text": told.text, **sealed})
    return parts


def _reply(model: _Model, scenario: str, asked: Asked, told: Told, step: int, counts: Counts) -> Body:
    parts = _parts(model, asked, told, step)
    content: Body = {"parts": parts, "role": "model"} if parts else {"role": "model"}
    finish = "MAX_TOKENS" if told.finish == "length" else "STOP"
    return {
        "candidates": [{"content": content, "finishReason": finish, "index": 0}],
        "usageMetadata": _usage(counts),
        "modelVersion": model.id,
        "responseId": f"simulated-{scenario}-{step}",
    }


def _usage(counts: Counts) -> Body:
    """Thoughts are counted beside the candidates: https://ai.google.dev/gemini-api/docs/tokens."""
    written: Body = {"candidatesTokenCount": counts.answer} if counts.answer else {}
    thought: Body = {"thoughtsTokenCount": counts.thinking} if counts.thinking else {}
    return {
        "promptTokenCount": counts.prompt,
        **written,
        "totalTokenCount": counts.total,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": counts.prompt}],
        **thought,
    }


def _pieces(whole: Body, told: Told, counts: Counts) -> Iterator[Body]:
    """The words of a reply two at a time, and what else its part has in a last, empty one."""
    found = words(told.text)
    for at in range(0, len(found), 2):
        part = {"text": "".join(found[at : at + 2])}
        candidate = {"content": {"parts": [part], "role": "model"}, "index": 0}
        so_far = Counts(counts.prompt, counts.thinking, min(at + 2, counts.answer))
        yield {**whole, "candidates": [candidate], "usageMetadata": _usage(so_far)}
    candidate = cast("list[Body]", whole["candidates"])[0]
    parts = cast("list[Body]", cast("Body", candidate["content"])["parts"])
    yield {**whole, "candidates": [{**candidate, "content": {"parts": [{**parts[-1], "text": ""}], "role": "model"}}]}
