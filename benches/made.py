"""Streams of our own making, in the manner of the providers; the same ones every time.

What varies between real streams, and costs a decoder something, varies here: what stands around the text, padding that
hides lengths, reasoning written into two fields, usage on every chunk, tool calls in pieces, comments that keep a
connection alive, escapes and letters beyond ASCII, and where chunks are cut.
"""

import json
from collections.abc import Iterator
from random import Random
from typing import Final, TypeAlias

Payload: TypeAlias = dict[str, object]

_WORDS: Final = (
    *("the", " of", " and", " a", " to", " in", " is", " that", " it", " for", " as", " with", " stream", " token"),
    *(" reading", " answer", " because", " therefore", "ing", "ed", "er", ",", ".", ":", "\n", "\n\n", ' "', '"', "`"),
    *(
        " naïve",
        " café",
        "→",
        " 東京",
        " 😀",
        " 42",
        " 3.14",
        "()",
        " **",
        "**",
        "\t",
        "\\",
        " x",
        " y",
        " interesting",
    ),
)
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_LENGTHS: Final = (120, 400, 900)
_ASKED: Final[Payload] = {"usage": None}
"""Where usage was asked for, it is named in every chunk, and counted in the last."""


def made() -> Iterator[tuple[bytes, ...]]:
    """The chunks of each stream."""
    for seed, length in enumerate(_LENGTHS * 2):
        for voice in (_openai, _padded, _groq, _mirrored, _detailed, _counting, _relayed, _calling):
            random = Random(f"{voice.__name__} {seed}")
            yield tuple(_cut(b"".join(voice(random, length)), random))


def long_stream(events: int) -> bytes:
    """One stream of so many events."""
    random = Random(events)
    return b"".join(_stream(_frame(random, "gpt-4o-mini-2024-07-18"), _texts(random, events), after=_ASKED))


def one_event(size: int) -> bytes:
    """One event of so many bytes."""
    frame = _frame(Random(size), "gpt-4o-mini-2024-07-18")
    empty = _event({**frame, "choices": [_choice({"content": ""}, None)]})
    return empty.replace(b'"content":""', b'"content":"' + b"a" * (size - len(empty)) + b'"')


def _openai(random: Random, length: int) -> Iterator[bytes]:
    """As OpenAI, with everything that stands around a word there."""
    return _stream(_frame(random, "gpt-4o-mini-2024-07-18"), _texts(random, length), after=_ASKED)


def _padded(random: Random, length: int) -> Iterator[bytes]:
    """As OpenAI since 2025: padding makes all events about equally long."""
    frame = _frame(random, "gpt-4.1-2025-04-14") | {"service_tier": "default"}
    for event in _stream(frame, _texts(random, length), after={**_ASKED, "obfuscation": ""}):
        yield event.replace(b'"obfuscation":""', b'"obfuscation":"%s"' % _code(random, random.randint(4, 16)).encode())


def _groq(random: Random, length: int) -> Iterator[bytes]:
    """As Groq: usage in a member of its own."""
    closing: Payload = {"x_groq": {"id": "req_1", "usage": _usage(length)}}
    return _stream(_frame(random, "llama-3.3-70b-versatile"), _texts(random, length), after={}, closing=closing)


def _mirrored(random: Random, length: int) -> Iterator[bytes]:
    """As servers of open reasoning models: the same thought in two fields, then the answer."""
    words = _pieces(random, length // 2)
    thoughts: list[Payload] = [{"reasoning": word, "reasoning_content": word, "content": None} for word in words]
    return _stream(_frame(random, "deepseek-r1"), [*thoughts, *_texts(random, length // 2)], after=_ASKED)


def _detailed(random: Random, length: int) -> Iterator[bytes]:
    """As OpenRouter: reasoning in a field and in a list, comments between events."""
    frame = {"provider": "Anthropic", **_frame(random, "anthropic/claude-sonnet-4")}
    deltas: list[Payload] = [_detail(word) for word in _pieces(random, length // 2)]
    deltas += [{"role": "assistant", **delta} for delta in _texts(random, length // 2)]
    for number, event in enumerate(_stream(frame, deltas, after=_ASKED)):
        if number % 50 == 0:
            yield b": OPENROUTER PROCESSING\n\n"
        yield event


def _detail(word: str) -> Payload:
    detail = {"type": "reasoning.text", "text": word, "format": "anthropic-claude-v1", "index": 0}
    return {"role": "assistant", "content": "", "reasoning": word, "reasoning_details": [detail]}


def _counting(random: Random, length: int) -> Iterator[bytes]:
    """As xAI and others: the counts so far on every chunk."""
    events = _stream(_frame(random, "grok-4"), _texts(random, length), after={"usage": None}, counted=False)
    for number, event in enumerate(events):
        count = json.dumps(_usage(number), separators=(",", ":")).encode()
        yield event.replace(b'"usage":null', b'"usage":' + count)


def _relayed(random: Random, length: int) -> Iterator[bytes]:
    """As Anthropic behind a chat endpoint: fewer events, more words in each."""
    words = _pieces(random, length)
    texts: list[Payload] = [{"content": "".join(words[at : at + 6])} for at in range(0, len(words), 6)]
    frame: Payload = {"id": f"msg_{_code(random, 24)}", "object": "chat.completion.chunk", "model": "claude-sonnet-4"}
    return _stream(frame, texts, after=_ASKED)


def _calling(random: Random, length: int) -> Iterator[bytes]:
    """Three tool calls, their arguments in pieces."""
    deltas: list[Payload] = []
    for index in range(3):
        head = {"index": index, "id": f"call_{_code(random, 24)}", "type": "function"}
        deltas.append({"tool_calls": [{**head, "function": {"name": f"tool_{index}", "arguments": ""}}]})
        text = json.dumps({"words": "".join(_pieces(random, length // 3))})
        pieces = [text[at : at + 6] for at in range(0, len(text), 6)]
        deltas += [_argument(index, piece) for piece in pieces]
    return _stream(_frame(random, "gpt-4o-mini-2024-07-18"), deltas, after=_ASKED, finish="tool_calls")


def _argument(index: int, piece: str) -> Payload:
    return {"tool_calls": [{"index": index, "function": {"arguments": piece}}]}


def _stream(
    frame: Payload,
    deltas: list[Payload],
    *,
    after: Payload,
    closing: Payload | None = None,
    finish: str = "stop",
    counted: bool = True,
) -> Iterator[bytes]:
    """The events: role, deltas, finish, usage if it is `counted` at the end.

    `after` follows the choices of every event, `closing` those of the last one.
    """
    opening: Payload = {"role": "assistant", "content": ""}
    for delta in (opening, *deltas):
        yield _event({**frame, "choices": [_choice(delta, None)], **after})
    yield _event({**frame, "choices": [_choice({}, finish)], **after, **(closing or {})})
    if counted and closing is None:
        yield _event({**frame, "choices": [], **after, "usage": _usage(len(deltas))})
    yield b"data: [DONE]\n\n"


def _event(payload: Payload) -> bytes:
    return b"data: " + json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode() + b"\n\n"


def _choice(delta: Payload, finish: str | None) -> Payload:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}


def _frame(random: Random, model: str) -> Payload:
    return {
        "id": f"chatcmpl-{_code(random, 29)}",
        "object": "chat.completion.chunk",
        "created": random.randint(1_700_000_000, 1_800_000_000),
        "model": model,
        "system_fingerprint": f"fp_{_code(random, 10)}",
    }


def _usage(output: int) -> Payload:
    return {
        "prompt_tokens": 1200,
        "completion_tokens": output,
        "total_tokens": 1200 + output,
        "prompt_tokens_details": {"cached_tokens": 1024, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }


def _pieces(random: Random, length: int) -> list[str]:
    return random.choices(_WORDS, k=length)


def _texts(random: Random, length: int) -> list[Payload]:
    return [{"content": word} for word in _pieces(random, length)]


def _code(random: Random, length: int) -> str:
    return "".join(random.choices(_LETTERS, k=length))


def _cut(body: bytes, random: Random) -> Iterator[bytes]:
    """Mostly an event a chunk, often a few at once, sometimes one torn in two."""
    events = [event + b"\n\n" for event in body.split(b"\n\n") if event]
    at, torn = 0, b""
    while at < len(events):
        count = random.choices((1, 2, 3, 6), weights=(70, 15, 10, 5))[0]
        chunk = torn + b"".join(events[at : at + count])
        at += count
        cut = random.randrange(1, len(chunk)) if random.random() < 0.05 else len(chunk)
        yield chunk[:cut]
        torn = chunk[cut:]
    if torn:
        yield torn
