"""Chat streams that look real but for what was done to them: fields dropped, emptied, retyped, doubled, moved."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from hypothesis import strategies as st

Json: TypeAlias = "bool | int | float | str | list[Json] | Object | None"


@dataclass
class Object:
    """A JSON object as its members in order, so that a name can come twice."""

    members: "list[tuple[str, Json]]"


def parsed(document: str) -> Json:
    """JSON with its objects as ours."""
    value: Json = json.loads(document, object_pairs_hook=Object)
    return value


def text(value: Json) -> str:
    """JSON text, with surrogates and all beyond ASCII escaped."""
    match value:
        case Object(members):
            return "{" + ",".join(f"{json.dumps(name)}:{text(member)}" for name, member in members) + "}"
        case list():
            return "[" + ", ".join(text(item) for item in value) + "]"
        case _:
            return json.dumps(value)


def _chunk(delta: object, finish: str | None = None, **members: object) -> dict[str, object]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "m-1", "choices": [choice], **members}


def _call(index: int, arguments: str, **members: object) -> dict[str, object]:
    function = {"name": members.pop("name"), "arguments": arguments} if "name" in members else {"arguments": arguments}
    return {"index": index, **members, "function": function}


_COUNTS: Final = {
    "prompt_tokens": 19,
    "completion_tokens": 7,
    "total_tokens": 26,
    "prompt_tokens_details": {"cached_tokens": 3, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 2},
}
_PATH: Final = {"reasoning": "so", "reasoning_details": [{"type": "reasoning.text", "index": 0, "text": "so"}]}

STREAM: Final = (
    _chunk({"role": "assistant", "content": ""}, usage=None),
    _chunk({"reasoning_content": "Let me "}),
    _chunk({"reasoning_content": "see 🤔"}),
    _chunk(_PATH),
    _chunk({"content": "<think>Grüß"}),
    _chunk({"content": " Gott</think>"}, obfuscation="x7Qa"),
    _chunk({"content": " \ud83d"}, obfuscation="x7"),
    _chunk({"content": "\ude00!"}),
    _chunk({"refusal": "No"}),
    _chunk({"content": [{"type": "text", "text": "a"}, {"type": "thinking", "thinking": [{"text": "b"}]}]}),
    _chunk({"tool_calls": [_call(0, "", id="call_a", type="function", name="look")]}),
    _chunk({"tool_calls": [_call(0, '{"q":')]}),
    _chunk({"tool_calls": [_call(1, "{}", id="call_b", type="function", name="wait"), _call(0, ' "é"}')]}),
    _chunk({"function_call": {"name": "old", "arguments": "{}"}}),
    _chunk({"annotations": [{"type": "url_citation", "url_citation": {"url": "https://a.example", "title": "A"}}]}),
    _chunk({}, "tool_calls", x_groq={"id": "req_1", "usage": _COUNTS}),
    {"id": "chatcmpl-1", "choices": [], "usage": _COUNTS, "citations": ["https://b.example"]},
)
"""One reply that uses nearly every field that is read."""

_ODD: Final = (
    *("null", "true", "0", "1", "-1", "7", "1.5", "1e300", "123456789012345678901234567890"),
    *('""', '"x"', '"stop"', r'"\ud83d"', r'"\u2028"', "[]", "[null]", "[[]]", '["x"]', "{}"),
    *('{"error": "x"}', '{"text": "x", "url": "u"}'),
)
"""Values that stand nowhere, or elsewhere."""

Members: TypeAlias = list[tuple[str, Json]]
Mutation: TypeAlias = Callable[[list[Json]], None]


def _members(value: Json) -> Iterator[tuple[Members, int]]:
    """Every member of every object in a value, with where it stands."""
    if isinstance(value, Object):
        for at, (_, member) in enumerate(value.members):
            yield value.members, at
            yield from _members(member)
    elif isinstance(value, list):
        for item in value:
            yield from _members(item)


def _on_member(change: Callable[[Members, int], None]) -> Callable[[int], Mutation]:
    def pick(number: int) -> Mutation:
        def mutate(chunks: list[Json]) -> None:
            places = [place for chunk in chunks for place in _members(chunk)]
            if places:
                change(*places[number % len(places)])

        return mutate

    return pick


def _drop(parent: Members, at: int) -> None:
    del parent[at]


def _double(parent: Members, at: int) -> None:
    parent.append(parent[at])


def _to_front(parent: Members, at: int) -> None:
    parent.insert(0, parent.pop(at))


def _retype(document: str) -> Callable[[Members, int], None]:
    def change(parent: Members, at: int) -> None:
        parent[at] = (parent[at][0], parsed(document))

    return change


def _rename(parent: Members, at: int) -> None:
    parent[at] = (parent[at][0] + "_", parent[at][1])


def _move_chunk(number: int) -> Mutation:
    return lambda chunks: chunks.insert(number % 7, chunks.pop(number % len(chunks)))


def _double_chunk(number: int) -> Mutation:
    return lambda chunks: chunks.append(chunks[number % len(chunks)])


_PLACES: Final = st.integers(0, 10_000)
_CHANGES: Final = st.one_of(
    st.sampled_from((_drop, _double, _to_front, _rename)), st.sampled_from(_ODD).map(_retype)
).flatmap(lambda change: _PLACES.map(_on_member(change)))
_MUTATIONS: Final = st.one_of(_CHANGES, _CHANGES, _PLACES.map(_move_chunk), _PLACES.map(_double_chunk))
_ENDS: Final = ("\n\n", "\r\n\r\n", "\r\r", "\n")


@st.composite
def streams(draw: st.DrawFn) -> bytes:
    """The bytes of a mutated stream, maybe cut, maybe with a byte that does not belong there."""
    chunks = [parsed(json.dumps(chunk)) for chunk in STREAM]
    for mutate in draw(st.lists(_MUTATIONS, max_size=8)):
        mutate(chunks)
    end = draw(st.sampled_from(_ENDS))
    lines = [f"data: {text(chunk)}{end}" for chunk in chunks]
    body = ("".join(lines) + draw(st.sampled_from(("data: [DONE]" + end, "", ": bye" + end)))).encode()
    if draw(st.booleans()):
        body = body[: draw(st.integers(0, len(body)))]
    if draw(st.booleans()):
        at = draw(st.integers(0, len(body)))
        body = body[:at] + draw(st.binary(max_size=3)) + body[at:]
    return body


def bodies() -> st.SearchStrategy[bytes]:
    """A whole body instead of a stream: one message, mutated."""

    def body(mutations: list[Mutation], length: int) -> bytes:
        message = {"role": "assistant", "content": "hi", "reasoning": "so", "tool_calls": [_call(0, "{}", name="f")]}
        whole = {"id": "1", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}], "usage": _COUNTS}
        chunks = [parsed(json.dumps(whole))]
        for mutate in mutations:
            mutate(chunks)
        return text(chunks[0]).encode()[:length]

    return st.builds(body, st.lists(_CHANGES, max_size=4), st.integers(0, 2000))
