"""Any conversation encodes for anybody: without an exception, in the types of the dialect, within the laws of the API,
and with every loss told.

Whatever was said on one dialect is told to every provider of this package, in every dialect. What is checked strictly
is in `structs`; the laws are in `laws`; what counts as told is in `losses`.
"""

from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import Final, cast

import msgspec
import pytest
from hypothesis import example, given, settings, strategies as st
from returns.result import Success

from modelmix.ast.content import Bytes, File, Opaque, Reasoning
from modelmix.ast.message import Tool, assistant, user
from modelmix.ast.request import Request
from modelmix.call import Call, plan
from modelmix.decode import DIALECTS, DialectName
from modelmix.dialects.anthropic_messages import wire as anthropic
from modelmix.dialects.ollama_chat import wire as ollama
from modelmix.dialects.openai_chat import wire as chat
from modelmix.errors import BadRequest, Unsupported
from modelmix.providers.load import names
from moves.bodies import AIMS, BODIES, Aim, parsed
from moves.conversations import conversations, disorderly, orderly
from moves.laws import Json, chat_flaws, generate_flaws, messages_flaws, ollama_flaws, responses_flaws
from moves.losses import lost
from moves.structs import flaws

LAW: Final = settings(max_examples=60, deadline=None, derandomize=True, database=None)

LAWS: Final = MappingProxyType[DialectName, Callable[[Json], Iterator[str]]](
    {
        "openai-chat": chat_flaws,
        "anthropic-messages": messages_flaws,
        "google-generate": generate_flaws,
        "openai-responses": responses_flaws,
        "ollama-chat": ollama_flaws,
    }
)


def planned(request: Request) -> list[tuple[Aim, Call]]:
    """The calls for all who can be asked this; nobody else may have more to say than a typed error."""
    calls: list[tuple[Aim, Call]] = []
    for aim in AIMS:
        outcome = plan(request, aim.target)
        if isinstance(outcome, Success):
            calls.append((aim, outcome.unwrap()))
        else:
            assert isinstance(outcome.failure(), Unsupported | BadRequest), aim
    return calls


def own(request: Request, dialect: DialectName) -> list[object]:
    """The values that go back to a dialect as they came from it: opaque parts, and items of reasoning."""
    texts: list[str] = []
    for message in request.messages:
        for part in () if isinstance(message, Tool) else message.parts:
            if isinstance(part, Opaque) and part.owner == dialect:
                texts.append(part.json)
            elif isinstance(part, Reasoning) and part.seal is not None and part.seal.owner == dialect:
                texts.append(part.seal.value)
    return [value for text in texts for value in _value(text)]


def _value(text: str) -> list[object]:
    """The value of a JSON text; nothing where it is damaged."""
    try:
        value: object = msgspec.json.decode(text)
    except msgspec.DecodeError:
        return []
    # An item of reasoning may go back without its id.
    members = cast("Json", value) if isinstance(value, dict) else {}
    return [value, {name: member for name, member in members.items() if name != "id"}]


@LAW
@given(request=conversations(media=False))
def test_what_all_can_say_encodes_for_everybody(request: Request) -> None:
    assert [aim for aim, _ in planned(request)] == list(AIMS)


@LAW
@given(request=conversations(media=True))
def test_what_some_cannot_say_is_a_typed_error(request: Request) -> None:
    spoken = {aim.provider for aim, _ in planned(request)}
    # Gemini takes every kind of media in some way.
    assert "google" in spoken


MERGED: Final = Request(
    messages=(user("hi"), assistant(Reasoning("mk0000mk"), "a"), assistant(Reasoning("mk0001mk"), "b"), user("so?"))
)
"""Two turns that become one."""

QUOTED: Final = Request(messages=(user(File(Bytes(b"mk0000mk", 'x/"y"'))),))
"""A media type that is no text for a data URI as it stands."""


@LAW
@given(request=st.one_of(conversations(media=False), conversations(media=True)))
@example(request=QUOTED)
def test_a_body_is_made_of_its_dialects_types(request: Request) -> None:
    for aim, call in planned(request):
        body = parsed(call.body)
        assert [*flaws(body, BODIES[call.dialect], own(request, call.dialect))] == [], aim


@LAW
@given(request=st.one_of(conversations(media=False), conversations(media=True)))
@example(request=MERGED)
def test_nothing_is_lost_that_nobody_tells(request: Request) -> None:
    for aim, call in planned(request):
        assert lost(request, parsed(call.body), call.adaptations) == [], aim


@LAW
@given(request=orderly(media=False))
def test_an_orderly_conversation_keeps_the_laws_of_every_api(request: Request) -> None:
    for aim, call in planned(request):
        assert [*LAWS[call.dialect](parsed(call.body))] == [], aim


@LAW
@given(request=disorderly(media=False))
def test_turns_alternate_and_calls_are_answered_for_anthropic_whatever_the_order(request: Request) -> None:
    for aim, call in planned(request):
        if call.dialect == "anthropic-messages":
            assert [*messages_flaws(parsed(call.body))] == [], aim


def test_every_dialect_is_spoken() -> None:
    spoken = {plan(Request(messages=(user("hi"),)), aim.target).unwrap().dialect for aim in AIMS}
    assert spoken == {*DIALECTS}
    assert {aim.provider for aim in AIMS} == {*names()}


DAMAGED: Final[dict[str, tuple[object, object, str]]] = {
    "an unknown field": ({"role": "user", "content": "hi", "name": "x"}, chat.UserMessage, "$: unknown field name"),
    "a missing field": ({"role": "user"}, chat.UserMessage, "$: content is missing"),
    "another type": ({"role": "user", "content": 1}, chat.UserMessage, "$.content: 1 is none of"),
    "another tag": ({"role": "robot", "content": "hi"}, chat.Message, "$: none of"),
    "no base64": ({"data": "!", "format": "wav"}, chat.InputAudio, "$.data: no base64"),
    "another word": ({"data": "", "format": "ogg"}, chat.InputAudio, "$.format: 'ogg' is none of"),
    "arguments that are text": ({"name": "f", "arguments": "{}"}, ollama.Function, "$.arguments: no object"),
    "somebody else's block": ({"role": "user", "content": [{"type": "x"}]}, anthropic.Message, "$.content: "),
}


@pytest.mark.parametrize(("value", "kind", "expected"), DAMAGED.values(), ids=DAMAGED)
def test_what_does_not_fit_is_found(value: object, kind: object, expected: str) -> None:
    assert [flaw[: len(expected)] for flaw in flaws(value, kind, ())] == [expected]
