"""Simulated replies that say some parts exactly, as each API would: in one piece and as a stream.

Made after the documents named in `docs/wire`, without the package's encoders. Of each reply there are the parts that it
says, and what its turn looks like when it goes back to who said it.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from hypothesis import strategies as st

from modelmix.ast.content import AssistantPart, JsonText, Opaque, Reasoning, Refusal, Seal, Text, ToolCall
from modelmix.decode import DialectName

Json: TypeAlias = Mapping[str, object]

NONE: Final[Json] = {}


class Said(NamedTuple):
    """One thing that a model says."""

    kind: str
    words: str = ""
    sign: str = ""
    """What the provider seals it with; empty: nothing."""


class Reply(NamedTuple):
    """A reply in both forms, the parts it says, and its turn when it goes back."""

    dialect: DialectName
    plain: bytes
    stream: bytes
    parts: tuple[AssistantPart, ...]
    turn: object


# Blank texts are refused by some, so none goes back to them: see `moves.conversations` for those.
WORDS: Final = st.text(max_size=12).map(lambda text: f"w{text}")
SIGNS: Final = st.text("abcdefABCDEF0123456789+/", min_size=4, max_size=12)


def said(*kinds: str, signs: st.SearchStrategy[str] = SIGNS) -> st.SearchStrategy[Said]:
    """One of some kinds of things."""
    return st.builds(Said, st.sampled_from(kinds), WORDS, signs)


def dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def halves(text: str) -> list[str]:
    """A text in two pieces, as streams bring it."""
    middle = len(text) // 2
    return [piece for piece in (text[:middle], text[middle:]) if piece]


def arguments(words: str) -> Json:
    return {"q": words, "n": [1, 2.5, None, True]}


def events(payloads: Iterable[Mapping[str, object]], *, named: bool = False, end: str = "") -> bytes:
    """Server-sent events."""
    frames = [f"event: {payload.get('type')}\n" * named + f"data: {dumps(payload)}\n\n" for payload in payloads]
    return ("".join(frames) + end).encode()


# Anthropic: https://platform.claude.com/docs/en/build-with-claude/streaming


def anthropic(things: Sequence[Said]) -> Reply:
    owner: Final = "anthropic-messages"
    blocks: list[Json] = []
    parts: list[AssistantPart] = []
    payloads: list[Json] = []
    for place, (kind, words, sign) in enumerate(things):
        match kind:
            case "thought":
                block: Json = {"type": "thinking", "thinking": words, "signature": sign}
                empty: Json = {"type": "thinking", "thinking": "", "signature": ""}
                deltas: list[Json] = [{"type": "thinking_delta", "thinking": piece} for piece in halves(words)]
                deltas.append({"type": "signature_delta", "signature": sign})
                parts.append(Reasoning(words, Seal(owner, sign)))
            case "hidden":
                block = empty = {"type": "redacted_thinking", "data": sign}
                deltas = []
                parts.append(Opaque(owner=owner, kind="redacted_thinking", json=JsonText(dumps(block))))
            case "call":
                block = {"type": "tool_use", "id": f"toolu_{place}", "name": "look", "input": arguments(words)}
                empty = {**block, "input": NONE}
                pieces = halves(dumps(block["input"]))
                deltas = [{"type": "input_json_delta", "partial_json": piece} for piece in pieces]
                parts.append(ToolCall(id=f"toolu_{place}", name="look", arguments=JsonText(dumps(block["input"]))))
            case _:
                block = {"type": "text", "text": words}
                empty = {"type": "text", "text": ""}
                deltas = [{"type": "text_delta", "text": piece} for piece in halves(words)]
                parts.append(Text(words))
        blocks.append(block)
        payloads.append({"type": "content_block_start", "index": place, "content_block": empty})
        payloads += [{"type": "content_block_delta", "index": place, "delta": delta} for delta in deltas]
        payloads.append({"type": "content_block_stop", "index": place})
    message: Json = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-x", "content": []}
    start: Json = {"type": "message_start", "message": message}
    delta: Json = {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}}
    ends: list[Json] = [delta, {"type": "message_stop"}]
    plain = dumps({**message, "content": blocks, "stop_reason": "end_turn"}).encode()
    return Reply(owner, plain, events([start, *payloads, *ends], named=True), tuple(parts), blocks)


# Google: https://ai.google.dev/api/generate-content#v1beta.GenerateContentResponse


def google(things: Sequence[Said]) -> Reply:
    owner: Final = "google-generate"
    wire: list[Json] = []
    pieces: list[Json] = []
    parts: list[AssistantPart] = []
    turn: list[Json] = []
    minted = 0
    for place, (kind, words, sign) in enumerate(things):
        signed: Json = {"thoughtSignature": sign} if sign else {}
        seal = Seal(owner, sign) if sign else None
        split = [words] if sign else halves(words)
        match kind:
            case "thought":
                part: Json = {"text": words, "thought": True, **signed}
                pieces += [{"text": piece, "thought": True, **signed} for piece in split]
                parts.append(Reasoning(words, seal))
            case "code":
                part = {"executableCode": {"language": "PYTHON", "code": words}, **signed}
                pieces.append(part)
                parts.append(Opaque(owner=owner, kind="executableCode", json=JsonText(dumps(part))))
            case "call" | "nameless call":
                own_id = f"fc-{place}" if kind == "call" else f"call_{minted}"
                call: Json = {"name": "look", "args": arguments(words)}
                part = {"functionCall": {**call, "id": own_id} if kind == "call" else call, **signed}
                pieces.append(part)
                known = JsonText(dumps(call["args"]))
                parts.append(ToolCall(id=own_id, name="look", arguments=known, minted=kind != "call", seal=seal))
                minted += 1
            case _:
                part = {"text": words, **signed}
                pieces += [{"text": piece, **signed} for piece in split]
                parts.append(Text(words, seal))
        wire.append(part)
        # Gemini takes back no thought but what it signed.
        if sign or kind != "thought":
            turn.append(part)
    plain = dumps({"candidates": [{"content": {"parts": wire, "role": "model"}, "finishReason": "STOP"}]}).encode()
    contents: list[Json] = [{"content": {"parts": [piece], "role": "model"}} for piece in pieces]
    frames: list[Json] = [{"candidates": [content]} for content in [*contents, {"finishReason": "STOP"}]]
    return Reply(owner, plain, events(frames), tuple(parts), turn)


def apart(things: Sequence[Said]) -> bool:
    """Whether no two texts of a kind follow each other without a signature: Gemini's streams would not part them."""
    return not any(first.kind == second.kind and not (first.sign or second.sign) for first, second in pairwise(things))


def by_turns(things: Sequence[Said]) -> bool:
    """Whether no message follows another: messages without an id go back as one, which says the same."""
    return not any({first.kind, second.kind} <= {"text", "refusal"} for first, second in pairwise(things))


# Responses: https://platform.openai.com/docs/api-reference/responses-streaming


class Item(NamedTuple):
    """An item of an answer, the item that goes back, the deltas between, and the part that it is."""

    item: Json
    back: Json
    deltas: list[Json]
    part: AssistantPart


def responses(things: Sequence[Said]) -> Reply:
    items: list[Item] = []
    payloads: list[Json] = []
    for place, thing in enumerate(things):
        before = things[place - 1].kind if place else ""
        after = things[place + 1].kind if place + 1 < len(things) else ""
        item = _item(thing, place, before, after)
        items.append(item)
        begun = {name: _BEGUN.get(name, value) for name, value in item.item.items()}
        payloads.append({"type": "response.output_item.added", "output_index": place, "item": begun})
        payloads += item.deltas
        payloads.append({"type": "response.output_item.done", "output_index": place, "item": item.item})
    output = [item.item for item in items]
    whole: Json = {"id": "resp_1", "object": "response", "status": "completed", "model": "gpt-5", "output": output}
    start: Json = {"type": "response.created", "response": {**whole, "status": "in_progress", "output": []}}
    end: Json = {"type": "response.completed", "response": whole}
    stream = events([start, *payloads, end], named=True)
    turn = [item.back for item in items]
    return Reply("openai-responses", dumps(whole).encode(), stream, tuple([item.part for item in items]), turn)


_BEGUN: Final[Json] = {"content": [], "summary": [], "arguments": ""}
"""What of an item is not there yet when it is announced."""


def _item(thing: Said, place: int, before: str, after: str) -> Item:
    owner, (kind, words, sign), item_id = "openai-responses", thing, f"it_{place}"
    # An item that follows reasoning goes back under its own id.
    followed = before == "thought"
    own_id: Json = {"id": item_id} if followed else NONE
    seal = Seal(owner, f'{{"id":"{item_id}"}}') if followed else None
    known: Json = {"id": item_id, "status": "completed"}
    match kind:
        case "thought":
            summary = [{"type": "summary_text", "text": words}]
            item: Json = {"type": "reasoning", "id": item_id, "summary": summary, "encrypted_content": sign}
            # Nobody keeps the id of a refusal, and an item that has not its own item after it is refused.
            back = {name: value for name, value in item.items() if name != "id" or after not in {"", "refusal"}}
            deltas = [_delta("reasoning_summary_text", place, piece, summary_index=0) for piece in halves(words)]
            return Item(item, back, deltas, Reasoning(words, Seal(owner, dumps(item))))
        case "search":
            item = {"type": "web_search_call", **known}
            return Item(item, item, [], Opaque(owner=owner, kind="web_search_call", json=JsonText(dumps(item))))
        case "call":
            text = dumps(arguments(words))
            back = {"type": "function_call", "call_id": f"c{place}", "name": "look", "arguments": text}
            deltas = [_delta("function_call_arguments", place, piece) for piece in halves(text)]
            part = ToolCall(id=f"c{place}", name="look", arguments=JsonText(text), seal=seal)
            return Item({**back, **known}, {**back, **own_id}, deltas, part)
        case "refusal":
            back = {"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": words}]}
            deltas = [_delta("refusal", place, piece, content_index=0) for piece in halves(words)]
            return Item({**back, **known}, back, deltas, Refusal(words))
        case _:
            content: Json = {"type": "output_text", "text": words}
            back = {"type": "message", "role": "assistant", "content": [content], **own_id}
            sources: list[Json] = []
            item = {**back, **known, "content": [{**content, "annotations": sources}]}
            deltas = [_delta("output_text", place, piece, content_index=0) for piece in halves(words)]
            return Item(item, back, deltas, Text(words, seal))


def _delta(kind: str, place: int, text: str, **more: object) -> Json:
    return {"type": f"response.{kind}.delta", "output_index": place, "delta": text, **more}


# Chat completions: https://api-docs.deepseek.com/guides/reasoning_model (reasoning_content), and OpenAI's reference


def chat(things: Sequence[Said]) -> Reply:
    thought, words, calls = _voices(things)
    wire = [
        {"id": f"c{place}", "type": "function", "function": {"name": "look", "arguments": dumps(arguments(call))}}
        for place, call in enumerate(calls)
    ]
    # `null` beside calls, as OpenAI's reference has it; an answer without anything is an empty text.
    message: Json = {"role": "assistant", "content": words if words or not calls else None}
    thoughts: Json = {"reasoning_content": thought} if thought else NONE
    message = {**message, **thoughts, **({"tool_calls": wire} if calls else NONE)}
    deltas: list[Json] = [{"reasoning_content": piece} for piece in halves(thought)]
    deltas += [{"content": piece} for piece in halves(words)]
    for place, call in enumerate(calls):
        first, *rest = halves(dumps(arguments(call)))
        opened: Json = {"index": place, "id": f"c{place}", "type": "function"}
        deltas.append({"tool_calls": [{**opened, "function": {"name": "look", "arguments": first}}]})
        deltas += [{"tool_calls": [{"index": place, "function": {"arguments": piece}}]} for piece in rest]
    chunks: list[Json] = [{"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    chunks.append({"choices": [{"index": 0, "delta": NONE, "finish_reason": "stop"}]})
    plain = dumps({"choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}).encode()
    made = [
        ToolCall(id=f"c{place}", name="look", arguments=JsonText(dumps(arguments(call))))
        for place, call in enumerate(calls)
    ]
    parts = (*_spoken(thought, words), *made)
    return Reply("openai-chat", plain, events(chunks, end="data: [DONE]\n\n"), parts, message)


# Ollama: https://docs.ollama.com/api/chat


def ollama(things: Sequence[Said]) -> Reply:
    thought, words, calls = _voices(things)
    wire = [{"function": {"name": "look", "arguments": arguments(call)}} for call in calls]
    message: Json = {"role": "assistant", "content": words}
    thoughts: Json = {"thinking": thought} if thought else NONE
    message = {**message, **thoughts, **({"tool_calls": wire} if calls else NONE)}
    pieces: list[Json] = [{"content": "", "thinking": piece} for piece in halves(thought)]
    pieces += [{"content": piece} for piece in halves(words)]
    pieces += [{"content": "", "tool_calls": [call]} for call in wire]
    lines = [{"model": "m", "message": {"role": "assistant", **piece}, "done": False} for piece in pieces]
    last = {"model": "m", "message": {"role": "assistant", "content": ""}, "done": True, "done_reason": "stop"}
    stream = "".join([f"{dumps(line)}\n" for line in [*lines, last]]).encode()
    plain = dumps({"model": "m", "message": message, "done": True, "done_reason": "stop"}).encode()
    made = [
        ToolCall(id=f"call_{place}", name="look", arguments=JsonText(dumps(arguments(call))), minted=True)
        for place, call in enumerate(calls)
    ]
    return Reply("ollama-chat", plain, stream, (*_spoken(thought, words), *made), message)


def _voices(things: Sequence[Said]) -> tuple[str, str, list[str]]:
    """What one message holds: its thoughts, its words, its calls."""
    thought = "".join([thing.words for thing in things if thing.kind == "thought"])
    words = "".join([thing.words for thing in things if thing.kind == "text"])
    return thought, words, [thing.words for thing in things if thing.kind == "call"]


def _spoken(thought: str, words: str) -> tuple[AssistantPart, ...]:
    return (*([Reasoning(thought)] if thought else ()), *([Text(words)] if words else ()))


def _several(one: st.SearchStrategy[Said]) -> st.SearchStrategy[list[Said]]:
    return st.lists(one, min_size=1, max_size=5)


_MAYBE: Final = st.one_of(st.just(""), SIGNS)

REPLIES: Final = MappingProxyType[DialectName, st.SearchStrategy[Reply]](
    {
        "anthropic-messages": _several(said("thought", "hidden", "text", "call")).map(anthropic),
        "google-generate": _several(said("thought", "code", "text", "call", "nameless call", signs=_MAYBE))
        .filter(apart)
        .map(google),
        "openai-responses": _several(said("thought", "search", "text", "call", "refusal"))
        .filter(by_turns)
        .map(responses),
        "openai-chat": _several(said("thought", "text", "call")).map(chat),
        "ollama-chat": _several(said("thought", "text", "call")).map(ollama),
    }
)
"""Replies of each dialect."""
