"""The form of an answer as every dialect asks for it, whatever the provider takes."""

from collections.abc import Mapping
from typing import Final

import pytest
from msgspec.structs import replace

from modelmix.ast.content import JsonText
from modelmix.ast.message import user
from modelmix.ast.options import AnyJson, Output, Shaped
from modelmix.ast.request import Request
from modelmix.ast.tool import OneTool, ToolChoice, ToolSpec
from modelmix.call import Call, Target, plan
from modelmix.decode import DialectName
from modelmix.dialects.draft import Notes
from modelmix.dialects.forms import answer_schema, described
from modelmix.errors import BadRequest
from modelmix.jsonvalue import JsonValue, parse
from modelmix.outcome import Outcome
from modelmix.providers.load import built_in
from modelmix.providers.provider import Shape
from modelmix.subsets import SubsetName

POINT: Final = Shaped(name="point", schema=JsonText('{"type":"object","properties":{"x":{"type":"integer"}}}'))
IDS: Final = Shaped(name="ids", schema=JsonText('{"type":"array","items":{"type":"integer"}}'))
CLOCK: Final = ToolSpec(name="clock")

DIALECTS: Final[Mapping[DialectName, str]] = {
    "openai-chat": "groq",
    "openai-responses": "local-responses",
    "anthropic-messages": "anthropic",
    "google-generate": "google",
}
"""The dialects that can make a model call a tool, each with a provider that speaks it."""


def forced(dialect: DialectName, request: Request) -> Outcome[Call]:
    """The call to a provider whose models take no schema, but can be made to call a tool."""
    row = replace(built_in(DIALECTS[dialect]), shape=Shape(json_mode="tool"), rules=())
    return plan(request, Target(provider=row, model="m", base_url="http://127.0.0.1"))


FORCED: Final[Mapping[DialectName, tuple[JsonValue, JsonValue]]] = {
    # what makes a model call the tool `ids`, and what makes it call any
    "openai-chat": ({"type": "function", "function": {"name": "ids"}}, "required"),
    "openai-responses": ({"type": "function", "name": "ids"}, "required"),
    "anthropic-messages": ({"type": "tool", "name": "ids", "disable_parallel_tool_use": True}, {"type": "any"}),
    "google-generate": (
        {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["ids"]}},
        {"functionCallingConfig": {"mode": "ANY"}},
    ),
}
CHOICES: Final[dict[str, tuple[tuple[ToolSpec, ...], ToolChoice, bool, bool]]] = {
    # tools, choice: whether the answer's tool is the one to be called, and whether the choice is told to be another
    "no tools": ((), "auto", True, False),
    "tools that may be called": ((CLOCK,), "auto", False, True),
    "tools of which one must be called": ((CLOCK,), "required", False, False),
    "tools that must not be called": ((CLOCK,), "none", True, True),
    "a tool that must be called": ((CLOCK,), OneTool("clock"), True, True),
}


@pytest.mark.parametrize(("tools", "choice", "alone", "told"), CHOICES.values(), ids=CHOICES)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_model_without_schemas_is_made_to_call_a_tool_of_the_answers_shape(
    dialect: DialectName, tools: tuple[ToolSpec, ...], choice: ToolChoice, *, alone: bool, told: bool
) -> None:
    call = forced(dialect, Request(messages=(user("a"),), output=IDS, tools=tools, tool_choice=choice)).unwrap()
    assert call.answer_tool == "ids"
    body = parse(call.body.decode())
    assert isinstance(body, dict)
    assert body["toolConfig" if dialect == "google-generate" else "tool_choice"] == FORCED[dialect][0 if alone else 1]
    assert '"required":["value"]' in call.body.decode()
    assert not {"response_format", "text", "output_config", "generationConfig"} & body.keys()
    fields = [change.field for change in call.adaptations if change.field in {"schema", "tool_choice"}]
    assert fields == ["schema", *(["tool_choice"] if told else []), "schema"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_any_object_is_given_by_a_tool_too(dialect: DialectName) -> None:
    call = forced(dialect, Request(messages=(user("a"),), output=AnyJson())).unwrap()
    assert call.answer_tool == "object"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_answer_by_a_tool_has_no_name_of_another(dialect: DialectName) -> None:
    error = forced(dialect, Request(messages=(user("a"),), output=IDS, tools=(ToolSpec(name="ids"),))).failure()
    assert isinstance(error, BadRequest)
    assert (error.field, error.value) == ("schema", "ids")


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("output", [POINT, AnyJson()], ids=["a schema", "any object"])
def test_nothing_is_an_answer_by_a_tool_where_the_provider_takes_another_form(
    dialect: DialectName, output: Output
) -> None:
    row = replace(built_in(DIALECTS[dialect]), shape=Shape(json_mode="schema"), rules=())
    request = Request(messages=(user("a"),), output=output)
    assert plan(request, Target(provider=row, model="m", base_url="http://127.0.0.1")).unwrap().answer_tool is None


STRICT: Final = (
    '{"type":"object","properties":{"x":{"type":["integer","null"]}},"required":["x"],"additionalProperties":false}'
)
SUBSETS: Final[dict[str, tuple[Shape, SubsetName, str]]] = {
    # shape, what the dialect does: the schema of POINT
    "the dialect's where nothing is said": (Shape(), "openai", STRICT),
    "strict where the provider wants it": (Shape(strict_schema=True), "any", STRICT),
    "as it is where the provider is not strict": (Shape(strict_schema=False), "openai", POINT.schema),
    "the provider's own": (Shape(schema_subset="google"), "openai", POINT.schema),
}


@pytest.mark.parametrize(("shape", "rule", "expected"), SUBSETS.values(), ids=SUBSETS)
def test_a_schema_is_fitted_to_the_provider_or_to_the_dialect(shape: Shape, rule: SubsetName, expected: str) -> None:
    assert parse(answer_schema(POINT, shape, Notes(), rule=rule)) == parse(expected)


DESCRIBED: Final = {
    '{"type":"integer"}': '{"type":"integer","description":"given"}',
    '{"description":"own"}': '{"description":"own"}',
    '{"$ref":"#/$defs/A"}': '{"$ref":"#/$defs/A"}',
    "true": "true",
}


@pytest.mark.parametrize(("schema", "expected"), DESCRIBED.items(), ids=list(DESCRIBED))
def test_a_description_does_not_replace_that_of_the_schema(schema: str, expected: str) -> None:
    assert parse(described(JsonText(schema), "given")) == parse(expected)
    assert described(JsonText(schema), None) == schema
