"""Rules of providers: what they drop, rename, clamp, allow and add, for whom and when, and that all of it is told."""

from typing import Final

import msgspec
import pytest

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.content import JsonText
from modelmix.ast.message import user
from modelmix.ast.options import AnyJson, FreeText, Options, Shaped
from modelmix.ast.request import Request
from modelmix.ast.tool import ToolSpec
from modelmix.call import Target, plan
from modelmix.decode import DialectName, Tags
from modelmix.providers.provider import Provider, Rule, Shape, When
from modelmix.quirks import Body, apply, dialect_for, rules_for, shape_for, tags_for

PLAIN: Final = Request(messages=(user("Hello."),))


def dropped(field: str) -> Adaptation:
    return Adaptation(field=field, action="dropped", why="so")


def renamed(field: str, into: str) -> Adaptation:
    return Adaptation(field=field, action="renamed", into=into, why="so")


def clamped(field: str, into: str) -> Adaptation:
    return Adaptation(field=field, action="clamped", into=into, why="so")


def added(field: str, into: str) -> Adaptation:
    return Adaptation(field=field, action="added", into=into, why="so")


RULES: dict[str, tuple[Rule, Body, Body, tuple[Adaptation, ...]]] = {
    "a field is dropped": (Rule(why="so", drop=("a",)), {"a": 1, "b": 2}, {"b": 2}, (dropped("a"),)),
    "what is not there is not told": (Rule(why="so", drop=("a",)), {"b": 2}, {"b": 2}, ()),
    "false and zero are dropped too": (
        Rule(why="so", drop=("a", "b")),
        {"a": False, "b": 0.0},
        {},
        (dropped("a"), dropped("b")),
    ),
    "a field is renamed": (Rule(why="so", rename={"a": "z"}), {"a": 1}, {"z": 1}, (renamed("a", "z"),)),
    "nothing to rename": (Rule(why="so", rename={"a": "z"}), {"b": 1}, {"b": 1}, ()),
    "a value below is raised": (Rule(why="so", clamp={"a": (16, 99)}), {"a": 5}, {"a": 16}, (clamped("a", "16"),)),
    "a value above is lowered": (Rule(why="so", clamp={"a": (0, 1)}), {"a": 1.5}, {"a": 1}, (clamped("a", "1"),)),
    "a value within stays": (Rule(why="so", clamp={"a": (0, 1)}), {"a": 1.0}, {"a": 1.0}, ()),
    "a whole number stays one": (
        Rule(why="so", clamp={"a": (16.0, 99.0)}),
        {"a": 5},
        {"a": 16},
        (clamped("a", "16"),),
    ),
    "a text is not clamped": (Rule(why="so", clamp={"a": (0, 1)}), {"a": "x"}, {"a": "x"}, ()),
    "a field of an object is dropped": (
        Rule(why="so", drop=("outer.topK",)),
        {"outer": {"topK": 1, "b": 2}},
        {"outer": {"b": 2}},
        (dropped("top_k"),),
    ),
    "a field of an object is clamped": (
        Rule(why="so", clamp={"outer.inner.topK": (0, 1)}),
        {"outer": {"inner": {"topK": 5}}},
        {"outer": {"inner": {"topK": 1}}},
        (clamped("top_k", "1"),),
    ),
    "an object that is not there": (
        Rule(why="so", drop=("outer.a", "b.a"), clamp={"outer.a": (0, 1)}),
        {"a": 5, "b": 7},
        {"a": 5, "b": 7},
        (),
    ),
    "an allowed value stays": (Rule(why="so", allow={"a": ("low", "high")}), {"a": "low"}, {"a": "low"}, ()),
    "another value goes": (Rule(why="so", allow={"a": ("low", "high")}), {"a": "max"}, {}, (dropped("a"),)),
    "allowing does not add": (Rule(why="so", allow={"a": ("low",)}), {}, {}, ()),
    "a default is added": (Rule(why="so", default={"a": "x"}), {}, {"a": "x"}, (added("a", "x"),)),
    "a default never overrides": (Rule(why="so", default={"a": "x"}), {"a": "mine"}, {"a": "mine"}, ()),
    "a default does not override false": (Rule(why="so", default={"a": True}), {"a": False}, {"a": False}, ()),
    "beside another field it goes": (
        Rule(why="so", beside={"a": "b"}),
        {"a": 1, "b": 2},
        {"b": 2},
        (dropped("a"),),
    ),
    "alone it stays": (Rule(why="so", beside={"a": "b"}), {"a": 1}, {"a": 1}, ()),
    "dropping comes before renaming": (
        Rule(why="so", drop=("a",), rename={"b": "a"}),
        {"a": 1, "b": 2},
        {"a": 2},
        (dropped("a"), renamed("b", "a")),
    ),
    "renaming comes before defaults": (
        Rule(why="so", rename={"a": "z"}, default={"z": 5}),
        {"a": 1},
        {"z": 1},
        (renamed("a", "z"),),
    ),
}


@pytest.mark.parametrize(("rule", "body", "expected", "changes"), RULES.values(), ids=RULES)
def test_a_rule_changes_a_body_and_tells(
    rule: Rule, body: Body, expected: Body, changes: tuple[Adaptation, ...]
) -> None:
    body = dict(body)
    assert apply((rule,), PLAIN, body) == changes
    assert body == expected


RESPONSES: Final = Rule(models=("new*",), dialect="openai-responses")
WITH_TOOLS: Final = Rule(models=("mid*",), when="tools", dialect="openai-responses")


@pytest.mark.parametrize(
    ("model", "request_", "dialect"),
    [
        ("old-1", PLAIN, "openai-chat"),
        ("new-1", PLAIN, "openai-responses"),
        ("mid-1", PLAIN, "openai-chat"),
        ("mid-1", Request(messages=PLAIN.messages, tools=(ToolSpec(name="clock"),)), "openai-responses"),
    ],
    ids=["the provider's own", "by model", "not without tools", "by model with tools"],
)
def test_the_dialect_is_the_providers_unless_a_rule_knows_better(model: str, request_: Request, dialect: str) -> None:
    provider = Provider(
        id="p", name="P", dialect="openai-chat", base_url="https://p.example", rules=(RESPONSES, WITH_TOOLS)
    )
    assert dialect_for(provider, rules_for(provider, model), request_) == dialect


def test_rules_apply_in_the_order_of_the_file() -> None:
    body: Body = {"max_tokens": 5}
    rules = (
        Rule(why="so", rename={"max_tokens": "max_completion_tokens"}),
        Rule(why="so", clamp={"max_completion_tokens": (16, 1000)}),
    )
    changes = (renamed("max_tokens", "max_completion_tokens"), clamped("max_completion_tokens", "16"))
    assert apply(rules, PLAIN, body) == changes
    assert body == {"max_completion_tokens": 16}


TOOL: Final = ToolSpec(name="clock")
FORM: Final = Shaped(name="any", schema=JsonText("{}"))
WHEN: dict[str, tuple[When, Request, bool]] = {
    "always": ("always", PLAIN, True),
    "thinking, unless said": ("thinking", PLAIN, True),
    "thinking, with effort": ("thinking", Request(messages=(), options=Options(reasoning_effort="low")), True),
    "thinking, switched off": ("thinking", Request(messages=(), options=Options(reasoning_effort="none")), False),
    "tools": ("tools", Request(messages=(), tools=(TOOL,)), True),
    "no tools": ("tools", PLAIN, False),
    "any JSON": ("json", Request(messages=(), output=AnyJson()), True),
    "shaped JSON": ("json", Request(messages=(), output=FORM), True),
    "no JSON": ("json", Request(messages=(), output=FreeText()), False),
    "stream": ("stream", Request(messages=(), stream=True), True),
    "no stream": ("stream", PLAIN, False),
}


@pytest.mark.parametrize(("when", "request_", "holds"), WHEN.values(), ids=WHEN)
def test_a_rule_holds_when_it_says(when: When, request_: Request, *, holds: bool) -> None:
    body: Body = {"a": 1}
    apply((Rule(why="so", when=when, drop=("a",)),), request_, body)
    assert body == ({} if holds else {"a": 1})


NAMES = {
    "every model": (("*",), (), "anything/at:all", True),
    "the name": (("o1",), (), "o1", True),
    "not a longer name": (("o1",), (), "o1-mini", False),
    "a prefix": (("o1-*",), (), "o1-mini", True),
    "a prefix needs its dash": (("o3-*",), (), "o3", False),
    "any of several": (("a*", "b*"), (), "b1", True),
    "none of several": (("a*", "b*"), (), "c1", False),
    "an exception": (("gpt-5*",), ("gpt-5-chat*",), "gpt-5-chat-latest", False),
    "beside the exception": (("gpt-5*",), ("gpt-5-chat*",), "gpt-5-mini", True),
    "case counts": (("meta-llama/*Llama-3*",), (), "meta-llama/llama-3.3", False),
    "a slash is a character": (("meta-llama/*Llama-3*",), (), "meta-llama/Meta-Llama-3.1-8B", True),
    "nothing but exceptions": (("*",), ("*",), "x", False),
}


@pytest.mark.parametrize(("models", "unless", "model", "named"), NAMES.values(), ids=NAMES)
def test_a_rule_names_models_by_globs(
    models: tuple[str, ...], unless: tuple[str, ...], model: str, *, named: bool
) -> None:
    rule = Rule(models=models, unless=unless, drop=("a",))
    assert rules_for(provider(rule), model) == ((rule,) if named else ())


def provider(*rules: Rule, shape: Shape | None = None, tags: Tags = "none") -> Provider:
    return Provider(
        id="own",
        name="Own",
        dialect="openai-chat",
        base_url="https://api.example/v1",
        rules=rules,
        shape=shape or Shape(),
        tags=tags,
    )


def test_later_rules_bend_the_shape_further() -> None:
    rules = (
        Rule(shape=Shape(system_role="developer", json_mode="schema")),
        Rule(models=("b",), shape=Shape(system_role="user", flatten_text=False)),
    )
    own = provider(*rules, shape=Shape(json_mode="both", flatten_text=True, tool_id_length=9))
    bent = Shape(json_mode="schema", flatten_text=True, tool_id_length=9, system_role="developer")
    assert shape_for(own, rules_for(own, "a")) == bent
    further = Shape(json_mode="schema", flatten_text=False, tool_id_length=9, system_role="user")
    assert shape_for(own, rules_for(own, "b")) == further


TAGS: dict[str, tuple[str, Tags]] = {
    "the provider's": ("plain", "think"),
    "the rule's": ("gpt-oss-20b", "harmony"),
    "the last rule's": ("gpt-oss-none", "none"),
}


@pytest.mark.parametrize(("model", "expected"), TAGS.values(), ids=TAGS)
def test_the_markup_to_look_for_is_the_last_one_said(model: str, expected: Tags) -> None:
    rules = (Rule(models=("*gpt-oss*",), tags="harmony"), Rule(models=("*none*",), tags="none"), Rule(drop=("a",)))
    assert tags_for(provider(*rules, tags="think"), model) == expected


def test_a_rule_within_a_dialect_holds_there_only() -> None:
    rules = (
        Rule(why="so", within="openai-chat", default={"x": 1}),
        Rule(why="so", within="openai-responses", default={"y": 2}),
        Rule(why="so", default={"z": 3}),
    )
    row = provider(*rules)
    cases: tuple[tuple[DialectName, str, str], ...] = (("openai-chat", "x", "y"), ("openai-responses", "y", "x"))
    for dialect, own, other in cases:
        target = Target(provider=row, model="m", base_url="https://a.example", dialect=dialect)
        call = plan(PLAIN, target).unwrap()
        body = msgspec.json.decode(call.body)
        assert {own, "z"} <= set(body)
        assert other not in body
        assert [told.field for told in call.adaptations] == [own, "z"]
