"""Vectors: what is asked and what is answered, in three ways of saying it.

https://platform.openai.com/docs/api-reference/embeddings, https://ai.google.dev/api/embeddings and
https://docs.ollama.com/api/embed.
"""

import base64
import hashlib
import math
import struct
from collections.abc import Sequence
from typing import Final

from modelmix.jsonvalue import JsonValue, objects
from modelmix.testing.mock.asked import AskedVectors, Json, Problem, number, texts, under
from modelmix.testing.mock.counting import tokens
from modelmix.testing.mock.dialects import openai_style
from modelmix.testing.mock.wire import Document

_LENGTH: Final = 8
"""Numbers of a vector, where the request does not say."""

_LONGEST: Final = 4096
_FORMATS: Final = ("float", "base64")


def vector(text: str, length: int) -> tuple[float, ...]:
    """The vector of a text: of length 1, the same for the same text, and almost surely another for another."""
    blocks = (hashlib.sha256(f"{block}:{text}".encode()).digest() for block in range(math.ceil(length / _LENGTH)))
    raw = b"".join(blocks)[: 4 * length]
    numbers = [value / 2**31 - 1 for (value,) in struct.iter_unpack("<I", raw)]
    norm = math.sqrt(math.fsum(value * value for value in numbers)) or 1.0
    # As many digits as the four bytes have that clients keep of each.
    return struct.unpack(f"<{length}f", struct.pack(f"<{length}f", *(value / norm for value in numbers)))


def read_openai(body: Json, model: str) -> AskedVectors | Problem:
    """What a request to `/embeddings` asks; a text may be a list of numbers, its tokens."""
    problem = openai_style.flaw(body)
    given = body.get("input")
    many = given if isinstance(given, list) and not all(isinstance(item, int) for item in given) else [given]
    form = body.get("encoding_format", "float")
    if problem is None and (given is None or given == []):
        problem = openai_style.missing("input")
    if problem is None and not all(isinstance(item, str | list) and item for item in many):
        problem = Problem(message="'$.input' is invalid. Please check the API reference.", param="input")
    if problem is None and form not in _FORMATS:
        text = f"Invalid value: '{form}'. Supported values are: 'float' and 'base64'."
        problem = Problem(message=text, param="encoding_format", code="invalid_value")
    asked = AskedVectors(
        model=model,
        texts=tuple(_said(item) for item in many),
        dimensions=number(body.get("dimensions")),
        base64=form == "base64",
    )
    return problem or _sized(asked)


def read_google(body: Json, model: str) -> AskedVectors | Problem:
    """What a request to `:embedContent` or `:batchEmbedContents` asks."""
    many = "requests" in body
    requests = objects(body.get("requests")) if many else (body,)
    if not requests:
        return Problem(message="* BatchEmbedContentsRequest.requests: empty list\n")
    for at, request in enumerate(requests):
        if many and request.get("model") != f"models/{model}":
            return Problem(
                message=f"* BatchEmbedContentsRequest.requests[{at}].model: must match the model of the batch\n"
            )
        if under(request, "content") is None:
            return Problem(message="* EmbedContentRequest.content: contents is not specified\n")
    first = requests[0]
    length = number(under(first, "outputDimensionality", "output_dimensionality"))
    said = tuple(texts(under(request.get("content"), "parts")) for request in requests)
    return _sized(AskedVectors(model=model, texts=said, dimensions=length, many=many))


def read_ollama(body: Json, model: str) -> AskedVectors | Problem:
    """What a request to `/api/embed` asks."""
    given = body.get("input")
    if not model:
        return Problem(message="model is required")
    many = given if isinstance(given, list) else [] if given is None else [given]
    if not all(isinstance(item, str) for item in many):
        return Problem(message="invalid input type")
    return _sized(AskedVectors(model=model, texts=tuple(map(_said, many)), dimensions=number(body.get("dimensions"))))


def _said(item: JsonValue) -> str:
    return item if isinstance(item, str) else str(item)


def _sized(asked: AskedVectors) -> AskedVectors | Problem:
    if asked.dimensions is not None and not 1 <= asked.dimensions <= _LONGEST:
        return Problem(message=f"dimensions must be from 1 to {_LONGEST}", param="dimensions")
    return asked


def _vectors(asked: AskedVectors) -> Sequence[tuple[float, ...]]:
    return [vector(text, asked.dimensions or _LENGTH) for text in asked.texts]


def _count(asked: AskedVectors) -> int:
    return sum(map(tokens, asked.texts))


def whole_openai(asked: AskedVectors) -> Document:
    """The vectors as OpenAI says them."""
    data = [
        {"object": "embedding", "index": at, "embedding": _packed(numbers) if asked.base64 else numbers}
        for at, numbers in enumerate(_vectors(asked))
    ]
    usage = {"prompt_tokens": _count(asked), "total_tokens": _count(asked)}
    return {"object": "list", "data": data, "model": asked.model, "usage": usage}


def _packed(numbers: Sequence[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(numbers)}f", *numbers)).decode()


def whole_google(asked: AskedVectors) -> Document:
    """The vectors as Google says them: one by itself, or a list."""
    made = [{"values": numbers} for numbers in _vectors(asked)]
    usage = {"usageMetadata": {"promptTokenCount": _count(asked)}}
    return {"embeddings": made, **usage} if asked.many else {"embedding": made[0], **usage}


def whole_ollama(asked: AskedVectors) -> Document:
    """The vectors as Ollama says them."""
    counts = {"total_duration": 1, "load_duration": 1, "prompt_eval_count": _count(asked)}
    return {"model": asked.model, "embeddings": _vectors(asked), **counts}
