"""Short ways to write turns, and what a prompt may be."""

import pytest

from modelmix.ast.content import Image, Reasoning, Text, ToolResult, Url
from modelmix.ast.message import (
    Assistant,
    Developer,
    Message,
    Prompt,
    System,
    Tool,
    User,
    assistant,
    conversation,
    system,
    user,
)
from modelmix.ast.options import extra

CAT = Image(Url("https://example.com/cat.png"))
TURNS: dict[str, tuple[Message, Message]] = {
    "system": (system("Be brief."), System((Text("Be brief."),))),
    "words": (user("Hello."), User((Text("Hello."),))),
    "words and pictures in order": (user("This", CAT, "that"), User((Text("This"), CAT, Text("that")))),
    "nothing": (user(), User(())),
    "a model's": (assistant(Reasoning("hm"), "hi"), Assistant((Reasoning("hm"), Text("hi")))),
}


@pytest.mark.parametrize(("short", "long"), TURNS.values(), ids=TURNS)
def test_a_short_way_to_write_a_turn(short: Message, long: Message) -> None:
    assert short == long


RESULTS = Tool((ToolResult(call_id="c", name="n", content=()),))
PROMPTS: dict[str, tuple[Prompt, str | None, tuple[Message, ...]]] = {
    "words": ("Hello.", None, (user("Hello."),)),
    "words with a system prompt": ("Hello.", "Be brief.", (system("Be brief."), user("Hello."))),
    "an empty system prompt is one": ("Hello.", "", (system(""), user("Hello."))),
    "one message": (user("Hello."), None, (user("Hello."),)),
    "tool results": (RESULTS, None, (RESULTS,)),
    "a developer's message": (Developer((Text("x"),)), "s", (system("s"), Developer((Text("x"),)))),
    "a list": ([user("a"), assistant("b"), user("c")], None, (user("a"), assistant("b"), user("c"))),
    "a list with a system prompt": ([user("a")], "s", (system("s"), user("a"))),
    "nothing": ((), None, ()),
}


@pytest.mark.parametrize(("prompt", "system_prompt", "expected"), PROMPTS.values(), ids=PROMPTS)
def test_a_prompt_is_a_conversation(prompt: Prompt, system_prompt: str | None, expected: tuple[Message, ...]) -> None:
    assert conversation(prompt, system_prompt) == expected


EXTRAS: dict[str, tuple[dict[str, object], dict[str, str]]] = {
    "nothing": ({}, {}),
    "plain values": ({"b": 1, "a": "x"}, {"b": "1", "a": '"x"'}),
    "nested": ({"a": {"b": [None, True, 1.5]}}, {"a": '{"b":[null,true,1.5]}'}),
    "none is said": ({"a": None}, {"a": "null"}),
    "not ASCII": ({"a": "é"}, {"a": '"é"'}),
}


@pytest.mark.parametrize(("given", "expected"), EXTRAS.values(), ids=EXTRAS)
def test_provider_options_are_kept_as_json_in_order(given: dict[str, object], expected: dict[str, str]) -> None:
    assert list(extra(**given)) == list(expected.items())
