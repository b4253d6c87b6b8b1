"""Vectors, in the formats of those who make them. They have 8 numbers, so that the files are small: no document lets a
reader count on a length that was not asked for.
"""

import hashlib
import math
import struct
from base64 import b64encode
from collections.abc import Sequence
from typing import Final, Literal

from simulate.asked import VECTORS, Json
from simulate.framing import JSON, SENT, document
from simulate.kept import Exchange, Simulated
from simulate.told import tokens

_LENGTH: Final = 8


def _vector(text: str) -> list[float]:
    """Numbers that follow from the text alone, of length 1, to six digits."""
    raw = [byte / 128 - 1 for byte in hashlib.sha256(text.encode()).digest()[:_LENGTH]]
    norm = math.hypot(*raw)
    return [round(each / norm, 6) for each in raw]


def _simulated(provider: str, model: str, scenario: str, url: str, request: Json, reply: Json) -> Simulated:
    exchange = Exchange(url=url, headers=SENT, request=request, kind=JSON, reply=document(reply))
    return Simulated(provider, model, scenario, (exchange,))


def openai(provider: str, model: str, url: str, *, encoding: Literal["base64", "float"]) -> list[Simulated]:
    """https://platform.openai.com/docs/api-reference/embeddings: base64 is of little-endian floats of four bytes each.

    `encoding_format` is sent where the reader wants another than the default, `float`. One text is sent as a list of
    one, which is allowed as well.
    """
    found: list[Simulated] = []
    for scenario, texts in VECTORS.items():
        request = {"model": model, "input": list(texts)}
        if encoding != "float":
            request["encoding_format"] = encoding
        count = _count(texts)
        vectors = [
            {
                "object": "embedding",
                "index": index,
                "embedding": _packed(text) if encoding == "base64" else _vector(text),
            }
            for index, text in enumerate(texts)
        ]
        usage = {"prompt_tokens": count, "total_tokens": count}
        reply = {"object": "list", "data": vectors, "model": model, "usage": usage}
        found.append(_simulated(provider, model, scenario, url, request, reply))
    return found


def _packed(text: str) -> str:
    return b64encode(struct.pack(f"<{_LENGTH}f", *_vector(text))).decode()


def google(model: str, url: str) -> list[Simulated]:
    """One request a text, each with the model: https://ai.google.dev/api/embeddings#method:-models.batchembedcontents."""
    found: list[Simulated] = []
    for scenario, texts in VECTORS.items():
        requests = [{"model": f"models/{model}", "content": {"parts": [{"text": text}]}} for text in texts]
        reply = {"embeddings": [{"values": _vector(text)} for text in texts]}
        found.append(_simulated("google", model, scenario, url, {"requests": requests}, reply))
    return found


def ollama(model: str, url: str) -> list[Simulated]:
    """https://docs.ollama.com/api/embed."""
    found: list[Simulated] = []
    for scenario, texts in VECTORS.items():
        reply = {
            "model": model,
            "embeddings": [_vector(text) for text in texts],
            "total_duration": 14143917,
            "load_duration": 1019500,
            "prompt_eval_count": _count(texts),
        }
        found.append(_simulated("ollama", model, scenario, url, {"model": model, "input": list(texts)}, reply))
    return found


def _count(texts: Sequence[str]) -> int:
    return sum(map(tokens, texts))
