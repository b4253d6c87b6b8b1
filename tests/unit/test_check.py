"""Requests that cannot be asked: options out of range, parts that contradict each other, schemas that are none."""

import pytest
from hypothesis import given, strategies as st
from returns.result import Success

from modelmix.ast.content import JsonText
from modelmix.ast.message import Tool, user
from modelmix.ast.options import Options, Shaped
from modelmix.ast.request import Request
from modelmix.ast.tool import OneTool, ToolSpec
from modelmix.check import check
from modelmix.errors import BadRequest

ASKED = (user("Hello."),)
CLOCK = ToolSpec(name="clock")

FINE = {
    "nothing set": Options(),
    "the lowest": Options(
        temperature=0.0, top_p=0.0, presence_penalty=-2.0, frequency_penalty=-2.0, max_tokens=1, top_k=0
    ),
    "the highest": Options(
        temperature=2.0, top_p=1.0, presence_penalty=2.0, frequency_penalty=2.0, max_tokens=10**9, top_k=10**9
    ),
    "whole numbers for floats": Options(temperature=1, top_p=1, presence_penalty=0, frequency_penalty=0),
    "a stop": Options(stop=("\n", "END")),
    "any seed": Options(seed=-5),
}


@pytest.mark.parametrize("options", FINE.values(), ids=FINE)
def test_options_within_their_ranges_pass(options: Options) -> None:
    request = Request(messages=ASKED, options=options)
    assert check(request) == Success(request)


NAN = float("nan")
INF = float("inf")
RANGE = "a number from 0 to 2"
SIGNED = "a number from -2 to 2"
OUT = {
    "temperature below": (Options(temperature=-0.1), "temperature", "-0.1", RANGE),
    "temperature above": (Options(temperature=2.1), "temperature", "2.1", RANGE),
    "temperature is no number": (Options(temperature=NAN), "temperature", "nan", RANGE),
    "temperature without end": (Options(temperature=INF), "temperature", "inf", RANGE),
    "top_p below": (Options(top_p=-0.5), "top_p", "-0.5", "a number from 0 to 1"),
    "top_p above": (Options(top_p=1.5), "top_p", "1.5", "a number from 0 to 1"),
    "presence above": (Options(presence_penalty=3.0), "presence_penalty", "3.0", SIGNED),
    "frequency below": (Options(frequency_penalty=-2.5), "frequency_penalty", "-2.5", SIGNED),
    "no tokens": (Options(max_tokens=0), "max_tokens", "0", "at least 1"),
    "fewer than no tokens": (Options(max_tokens=-1), "max_tokens", "-1", "at least 1"),
    "top_k below": (Options(top_k=-1), "top_k", "-1", "at least 0"),
    "an empty stop": (Options(stop=("END", "")), "stop", "an empty text", "texts that are not empty"),
}


@pytest.mark.parametrize(("options", "field", "value", "expected"), OUT.values(), ids=OUT)
def test_options_out_of_range_are_named(options: Options, field: str, value: str, expected: str) -> None:
    error = check(Request(messages=ASKED, options=options)).failure()
    assert error == BadRequest(field=field, value=value, expected=expected)


SHAPE = "a JSON Schema, which is an object"
CONTRADICTIONS = {
    "no messages": (Request(messages=()), "messages", "at least one message"),
    "a tool's turn without results": (
        Request(messages=(*ASKED, Tool(()))),
        "messages",
        "at least one result in a tool's turn",
    ),
    "a name twice": (Request(messages=ASKED, tools=(CLOCK, CLOCK)), "tools", "each name once"),
    "an unknown tool chosen": (
        Request(messages=ASKED, tools=(CLOCK,), tool_choice=OneTool("weather")),
        "tool_choice",
        "one of the tools given",
    ),
    "a tool chosen from none": (
        Request(messages=ASKED, tool_choice=OneTool("clock")),
        "tool_choice",
        "one of the tools given",
    ),
    "tools required from none": (
        Request(messages=ASKED, tool_choice="required"),
        "tool_choice",
        "tools to choose from",
    ),
    "parameters that are a list": (
        Request(messages=ASKED, tools=(ToolSpec(name="clock", parameters=JsonText("[]")),)),
        "tools.clock.parameters",
        SHAPE,
    ),
    "a schema that is a text": (
        Request(messages=ASKED, output=Shaped(name="x", schema=JsonText('"object"'))),
        "schema",
        SHAPE,
    ),
}


@pytest.mark.parametrize(("request_", "field", "expected"), CONTRADICTIONS.values(), ids=CONTRADICTIONS)
def test_contradictions_are_named(request_: Request, field: str, expected: str) -> None:
    error = check(request_).failure()
    assert isinstance(error, BadRequest)
    assert (error.field, error.expected) == (field, expected)


BROKEN = {
    "cut": '{"type":',
    "empty": "",
    "two documents": "{}{}",
    "too deep": '{"a":' * 100_000,
}


@pytest.mark.parametrize("schema", BROKEN.values(), ids=BROKEN)
def test_a_schema_that_is_no_json_is_named_and_shown_in_part(schema: str) -> None:
    error = check(Request(messages=ASKED, output=Shaped(name="x", schema=JsonText(schema)))).failure()
    assert isinstance(error, BadRequest)
    assert error.field == "schema"
    assert error.expected.startswith("a JSON Schema (")
    assert len(error.value) <= 80


def test_the_first_flaw_is_the_one_told() -> None:
    error = check(Request(messages=(), options=Options(temperature=9.0))).failure()
    assert isinstance(error, BadRequest)
    assert error.field == "temperature"


@given(temperature=st.floats(), top_p=st.floats())
def test_a_range_holds_for_every_number(temperature: float, top_p: float) -> None:
    within = 0 <= temperature <= 2 and 0 <= top_p <= 1
    outcome = check(Request(messages=ASKED, options=Options(temperature=temperature, top_p=top_p)))
    assert isinstance(outcome, Success) == within
