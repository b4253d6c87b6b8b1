"""What a model said comes back: a simulated reply is decoded, and its turn, encoded again, is the reply's own.

So a conversation stays on its provider without a change, whatever its reply was made of; see `echoes`.
"""

from collections.abc import Callable
from types import MappingProxyType
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from modelmix.ast.content import Text, ToolCall, ToolResult
from modelmix.ast.event import Finished
from modelmix.ast.message import Assistant, Message, Tool, user
from modelmix.ast.request import Request
from modelmix.call import plan
from modelmix.decode import DIALECTS, DialectName
from moves.bodies import Aim, parsed
from moves.echoes import REPLIES, Reply
from moves.laws import Json, objects
from stream.feeding import CUTS, read

LAW: Final = settings(
    max_examples=50, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.filter_too_much]
)

AIMS: Final = MappingProxyType[DialectName, Aim](
    {
        # Who takes all reasoning of earlier turns back.
        "openai-chat": Aim("deepseek", "deepseek-chat"),
        "anthropic-messages": Aim("anthropic", "claude-opus-4-1"),
        # Before Gemini 3, which wants a signature on each call.
        "google-generate": Aim("google", "gemini-2.5-flash"),
        "openai-responses": Aim("openai", "gpt-5"),
        "ollama-chat": Aim("ollama", "qwen3"),
    }
)


def messages_turn(body: Json) -> object:
    """The content of the second turn; text alone is a block of text."""
    content = objects(body["messages"])[1]["content"]
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def responses_turn(body: Json) -> object:
    """What stands between the user's messages, but for results."""
    outputs = {"function_call_output"}
    return [item for item in objects(body["input"]) if item.get("role") != "user" and item.get("type") not in outputs]


TURNS: Final = MappingProxyType[DialectName, Callable[[Json], object]](
    {
        "openai-chat": lambda body: objects(body["messages"])[1],
        "anthropic-messages": messages_turn,
        "google-generate": lambda body: _google_turn(objects(body["contents"])),
        "openai-responses": responses_turn,
        "ollama-chat": lambda body: objects(body["messages"])[1],
    }
)


def _google_turn(contents: list[Json]) -> list[Json]:
    return [part for content in contents if content["role"] == "model" for part in objects(content["parts"])]


def continued(reply: Reply) -> Request:
    """The conversation goes on after the reply."""
    results = [
        ToolResult(call_id=part.id, name=part.name, content=(Text("found"),))
        for part in reply.parts
        if isinstance(part, ToolCall)
    ]
    answered: tuple[Message, ...] = (Tool(tuple(results)),) if results else ()
    return Request(messages=(user("hi"), Assistant(reply.parts), *answered, user("go on")))


@pytest.mark.parametrize("dialect", DIALECTS)
@LAW
@given(data=st.data())
def test_a_reply_gives_its_parts_back(dialect: DialectName, data: st.DataObject) -> None:
    reply = data.draw(REPLIES[dialect])
    for form in (reply.plain, reply.stream):
        for name in ("whole", "at random"):
            reading = read(CUTS[name](form, name), dialect=dialect)
            assert isinstance(reading.end, Finished)
            assert reading.answer.parts == reply.parts


@pytest.mark.parametrize("dialect", DIALECTS)
@LAW
@given(data=st.data())
def test_what_was_decoded_goes_back_as_it_came(dialect: DialectName, data: st.DataObject) -> None:
    reply = data.draw(REPLIES[dialect])
    decoded = reply._replace(parts=read([reply.stream], dialect=dialect).answer.parts)
    call = plan(continued(decoded), AIMS[dialect].target).unwrap()
    assert call.dialect == dialect
    assert TURNS[dialect](parsed(call.body)) == reply.turn
