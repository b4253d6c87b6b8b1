"""From request and target to one HTTP request: what goes where, and what keeps it from being made."""

from typing import Final

import msgspec
import pytest
from hypothesis import given, strategies as st
from msgspec.structs import replace

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.content import JsonText, Reasoning
from modelmix.ast.message import Message, assistant, system, user
from modelmix.ast.options import Options, Shaped, extra
from modelmix.ast.request import Request
from modelmix.ast.tool import ToolSpec
from modelmix.call import auth_header, plan
from modelmix.errors import BadRequest, MixError
from modelmix.providers.load import built_in
from modelmix.providers.provider import Auth, Provider
from unit.making import KEY, call, target

ASKED: Final[tuple[Message, ...]] = (user("Hello."),)
OWN: Final = Provider(
    id="own",
    name="Own",
    dialect="openai-chat",
    base_url="https://api.example/v1",
    headers={"x-team": "seven"},
    auth=Auth(env=("OWN_KEY",), header="x-api-key", scheme=""),
)

STREAMED: Final = {"accept": "text/event-stream", "accept-encoding": "identity"}
HEADERS = {
    "whole": (False, {"content-type": "application/json", "accept": "application/json"}),
    "streamed, and not compressed": (True, {"content-type": "application/json", **STREAMED}),
}


@pytest.mark.parametrize(("stream", "expected"), HEADERS.values(), ids=HEADERS)
def test_headers_say_what_is_wanted_back(expected: dict[str, str], *, stream: bool) -> None:
    assert dict(call(stream=stream).headers) == expected


def test_a_provider_names_its_own_headers_and_its_own_way_with_keys() -> None:
    made = call(target(OWN), stream=False)
    assert dict(made.headers)["x-team"] == "seven"
    assert made.shown_headers[-1] == ("x-api-key", "***")
    assert auth_header(OWN, KEY) == ("x-api-key", KEY)


def test_without_a_key_no_header_carries_one() -> None:
    made = call(target(OWN, key=None))
    assert made.shown_headers == made.headers


def test_a_call_knows_what_it_asks() -> None:
    made = call(target("lmstudio", "gpt-oss-20b"), options=Options(max_tokens=7))
    assert (made.method, made.url) == ("POST", "http://localhost:1234/v1/chat/completions")
    assert (made.dialect, made.tags, made.stream, made.max_tokens) == ("openai-chat", "harmony", True, 7)


def test_the_base_url_is_the_targets() -> None:
    moved = replace(target(), base_url="http://127.0.0.1:9/x")
    assert call(moved).url == "http://127.0.0.1:9/x/chat/completions"


def test_changes_are_told_from_the_model_to_the_rules() -> None:
    note = Adaptation(field="model", action="changed", into="o3", why="the newest model of that name")
    to = replace(target(model="o3"), adaptations=(note,))
    request = Request(messages=(assistant(Reasoning("hm"), "hi"),), options=Options(temperature=1.0))
    told = plan(request, to).unwrap().adaptations
    assert [(change.field, change.action) for change in told] == [
        ("model", "changed"),
        ("reasoning", "dropped"),
        ("temperature", "dropped"),
    ]


def test_only_what_is_set_is_sent() -> None:
    body = msgspec.json.decode(call(stream=False).body)
    assert body == {"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello."}], "stream": False}


NOT_OPTIONS = ("model", "messages", "stream")


@pytest.mark.parametrize("name", NOT_OPTIONS)
def test_options_of_the_provider_cannot_change_the_call_itself(name: str) -> None:
    error = plan(Request(messages=ASKED, options=Options(extra=extra(**{name: "x"}))), target()).failure()
    assert isinstance(error, BadRequest)
    assert (error.field, error.value) == (name, '"x"')


def test_options_of_the_provider_come_after_everything_else() -> None:
    request = Request(messages=ASKED, options=Options(temperature=1.0, extra=extra(temperature=0.25, n=2)))
    body = msgspec.json.decode(plan(request, target()).unwrap().body)
    assert (body["temperature"], body["n"]) == (0.25, 2)


UNASKABLE: dict[str, tuple[Request, Provider, type[MixError]]] = {
    "an option out of range": (
        Request(messages=ASKED, options=Options(temperature=9.0)),
        built_in("openai"),
        BadRequest,
    ),
    "half a character in the prompt": (Request(messages=(user("a\ud83d"),)), built_in("openai"), BadRequest),
    "half a character in the system prompt": (Request(messages=(system("\udcff"),)), built_in("openai"), BadRequest),
    "half a character in a schema": (
        Request(messages=ASKED, output=Shaped(name="x", schema=JsonText('{"title":"\ud83d"}'))),
        built_in("groq"),
        BadRequest,
    ),
    "half a character in a tool": (
        Request(messages=ASKED, tools=(ToolSpec(name="x", description="\ud83d"),)),
        built_in("openai"),
        BadRequest,
    ),
    "half a character in an option": (
        Request(messages=ASKED, options=Options(extra=(("x", JsonText('"\ud83d"')),))),
        built_in("openai"),
        BadRequest,
    ),
}


@pytest.mark.parametrize(("request_", "provider", "kind"), UNASKABLE.values(), ids=UNASKABLE)
def test_what_cannot_be_asked_is_a_typed_error(request_: Request, provider: Provider, kind: type[MixError]) -> None:
    assert isinstance(plan(request_, target(provider)).failure(), kind)


def test_half_a_character_is_told_escaped() -> None:
    error = plan(Request(messages=(user("a\ud83d"),)), target()).failure()
    assert error == BadRequest(field="text", value="'\\ud83d'", expected="whole characters")


@given(text=st.text(st.characters(exclude_categories=["Cs"])), system_text=st.text(st.characters(codec="utf-8")))
def test_words_arrive_as_they_were_said(text: str, system_text: str) -> None:
    body = msgspec.json.decode(plan(Request(messages=(system(system_text), user(text))), target()).unwrap().body)
    assert [message["content"] for message in body["messages"]] == [system_text, text]
