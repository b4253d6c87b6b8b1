"""Every value of the AST: frozen, hashable, comparable, and the same after a trip through JSON."""

import copy
import pickle
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final, get_args

import msgspec
import pytest
from hypothesis import given, strategies as st

from modelmix import errors
from modelmix.ast.content import (
    Bytes,
    Citation,
    File,
    JsonText,
    Part,
    Reasoning,
    Refusal,
    ResultPart,
    Source,
    Text,
    Uploaded,
    Url,
)
from modelmix.ast.event import Event
from modelmix.ast.message import Assistant, Message, User
from modelmix.ast.model import Capabilities, Limits, Model, Pricing, Tier
from modelmix.ast.options import AnyJson, FreeText, Options, Output, Shaped, extra
from modelmix.ast.request import Request
from modelmix.ast.response import Cost, CostItem, Response
from modelmix.ast.tool import OneTool, ToolSpec
from modelmix.errors import MixError, SentError
from modelmix.node import Node
from unit.samples import CALL, ERRORS, EVENTS, ITEM, MESSAGES, PARTS, PNG, RESPONSE, RESULT, SEAL, USAGE

UNIONS: dict[str, tuple[Any, Sequence[Node]]] = {  # the checkers have no type for a union as a value
    "part": (Part, PARTS),
    "source": (Source, (PNG, Url("https://example.com"), Uploaded("file-1"))),
    "result part": (ResultPart, RESULT.content),
    "message": (Message, MESSAGES),
    "event": (Event, EVENTS),
    "output": (Output, (FreeText(), AnyJson(), Shaped(name="x", schema=JsonText("{}"), description="d"))),
    "error": (MixError, ERRORS),
}

STRUCTS: Final[tuple[Node, ...]] = (
    SEAL,
    USAGE,
    RESPONSE,
    Response(),
    Request(
        messages=MESSAGES,
        tools=(ToolSpec(name="clock", description="d", strict=True),),
        tool_choice=OneTool("clock"),
        options=Options(
            temperature=0.5,
            stop=("a", "b"),
            reasoning_effort="high",
            parallel_tool_calls=False,
            extra=extra(a=1, b=[None, {"c": "d"}]),
        ),
        output=Shaped(name="x", schema=JsonText("{}")),
        stream=True,
    ),
    Model(
        provider="own",
        id="m",
        limits=Limits(context=1000, output=100),
        pricing=Pricing(
            input=Decimal("2.50"), output=Decimal(10), tiers=(Tier(above=200_000, pricing=Pricing(input=Decimal(5))),)
        ),
        capabilities=Capabilities(tools=True, input=("text", "image")),
        released="2024-05-13",
    ),
)

ROWS: Final[list[tuple[str, Any, Node]]] = [
    *[(f"{name}-{at}", kind, value) for name, (kind, values) in UNIONS.items() for at, value in enumerate(values)],
    *[(type(value).__name__, type(value), value) for value in STRUCTS],
]


@pytest.mark.parametrize(("kind", "value"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_value_is_the_same_after_json(kind: Any, value: Node) -> None:
    assert msgspec.json.decode(msgspec.json.encode(value), type=kind) == value
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(value), type=kind) == value


@pytest.mark.parametrize("value", [row[2] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_value_is_frozen_hashable_and_copied_by_value(value: Node) -> None:
    assert hash(value) == hash(copy.deepcopy(value))
    assert copy.deepcopy(value) == value
    assert pickle.loads(pickle.dumps(value)) == value
    assert {value} == {copy.copy(value)}
    for field in value.__struct_fields__:
        with pytest.raises(AttributeError):
            setattr(value, field, None)
        with pytest.raises(AttributeError):
            delattr(value, field)


@pytest.mark.parametrize("name", UNIONS)
def test_every_member_of_a_union_is_tested(name: str) -> None:
    kind, values = UNIONS[name]
    assert {type(value) for value in values} == set(get_args(kind))


@pytest.mark.parametrize("name", UNIONS)
def test_every_member_of_a_union_has_a_tag_of_its_own(name: str) -> None:
    kind, _ = UNIONS[name]
    tags = [member.__struct_config__.tag for member in get_args(kind)]
    assert None not in tags
    assert len(set(tags)) == len(tags)


def test_errors_after_sending_are_among_all_errors() -> None:
    sent = set(get_args(SentError))
    assert sent < set(get_args(MixError))
    assert {member for member in get_args(MixError) if issubclass(member, errors.Sent)} == sent


@pytest.mark.parametrize(("kind", "value"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_an_unknown_field_is_refused(kind: Any, value: Node) -> None:
    plain = msgspec.json.decode(msgspec.json.encode(value))
    with pytest.raises(msgspec.ValidationError, match="no_such_field"):
        msgspec.convert({**plain, "no_such_field": 1}, kind)


@given(
    text=st.text(st.characters(exclude_categories=["Cs"])),
    data=st.binary(max_size=64),
    amount=st.decimals(allow_nan=False, allow_infinity=False, places=9, min_value=0, max_value=10**6),
)
def test_any_text_bytes_and_money_survive(text: str, data: bytes, amount: Decimal) -> None:
    message = User((Text(text), File(Bytes(data, "application/octet-stream"), text)))
    assert msgspec.json.decode(msgspec.json.encode(message), type=User) == message
    item = CostItem(name=text, tokens=1, rate=amount, amount=amount)
    assert msgspec.json.decode(msgspec.json.encode(item), type=CostItem) == item


def test_json_leaves_out_what_is_not_said() -> None:
    assert msgspec.json.encode(Response(parts=(Text("hi"),), finish="stop")) == (
        b'{"parts":[{"type":"text","text":"hi"}],"finish":"stop"}'
    )


READ: Final = Response(
    parts=(
        Reasoning("I "),
        Text("It is "),
        Refusal("I will "),
        Citation("https://a.example"),
        CALL,
        Reasoning("think"),
        Text("nine"),
        Refusal("not"),
        Citation("https://b.example", "B"),
    )
)
PROPERTIES = {
    "text": (READ.text, "It is nine"),
    "reasoning": (READ.reasoning, "I think"),
    "refusal": (READ.refusal, "I will not"),
    "no refusal": (Response().refusal, None),
    "tool calls": (READ.tool_calls, (CALL,)),
    "citations": (READ.citations, (Citation("https://a.example"), Citation("https://b.example", "B"))),
    "the turn": (READ.message, Assistant(READ.parts)),
    "no cost": (Response().cost, None),
    "the sum of a bill": (Cost((ITEM, ITEM)).total, Decimal("0.00005")),
    "an empty bill": (Cost(()).total, Decimal(0)),
}


@pytest.mark.parametrize(("found", "expected"), PROPERTIES.values(), ids=PROPERTIES)
def test_what_a_response_says(found: object, expected: object) -> None:
    assert found == expected
