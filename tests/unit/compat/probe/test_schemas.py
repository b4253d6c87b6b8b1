"""The ways of asking for objects, one after another, until one holds."""

import pytest

from modelmix.ast.response import Response
from modelmix.compat.probe.schemas import WAYS, Held, held, json_schema, next_way
from modelmix.compat.verdict import Verdict
from modelmix.decode import DIALECTS, DialectName
from modelmix.errors import Dropped, MixError, ObjectMismatch, Rejected, Truncated

HELD: dict[str, tuple[MixError | None, Held]] = {
    "another object": (None, "passed over"),
    "words": (ObjectMismatch(why="no JSON", partial=Response()), "passed over"),
    "words without end": (Truncated(by="output_limit"), "passed over"),
    "a refusal": (Rejected(kind="invalid", message="no response_format"), "refused"),
    "a wrong key": (Rejected(kind="auth", message="no"), "unknown"),
    "a broken connection": (Dropped(), "unknown"),
}


@pytest.mark.parametrize(("error", "expected"), HELD.values(), ids=HELD)
def test_what_becomes_of_a_schema(error: MixError | None, expected: Held) -> None:
    assert held(Verdict(scenario="schema", status="fail", error=error)) == expected


def test_a_schema_that_was_not_tried_is_unknown() -> None:
    assert held(Verdict(scenario="schema", status="untested")) == "unknown"
    assert held(Verdict(scenario="schema", status="pass")) == "enforced"


NEXT: dict[str, tuple[DialectName, list[Held], str | None]] = {
    "nothing more, where it holds": ("openai-chat", ["enforced"], None),
    "any object, where a schema is refused": ("openai-chat", ["refused"], "object"),
    "words, where both are": ("openai-chat", ["refused", "refused"], "none"),
    "words, where a schema is passed over": ("openai-chat", ["passed over"], "none"),
    "the field of chat completions, for responses": ("openai-responses", ["passed over"], None),
    "nothing, where nobody knows": ("ollama-chat", ["unknown"], None),
}


@pytest.mark.parametrize(("dialect", "tried", "mode"), NEXT.values(), ids=NEXT)
def test_the_next_way(dialect: DialectName, tried: list[Held], mode: str | None) -> None:
    found = next_way(dialect, tried)
    assert (None if found is None else found.shape.json_mode) == mode


def test_responses_are_tried_with_the_field_of_chat_completions() -> None:
    found = next_way("openai-responses", ["passed over"])
    assert found is not None
    assert found.shape.form_field == "response_format"


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_ends_with_words(dialect: DialectName) -> None:
    tried: list[Held] = []
    while next_way(dialect, [*tried, "refused"]) is not None:
        tried.append("refused")
    assert len(tried) + 1 == len(WAYS[dialect])
    assert WAYS[dialect][-1].shape.json_mode == "none"


def test_all_that_was_tried_is_told_and_the_last_covers_it() -> None:
    first, second, third = WAYS["openai-chat"]
    found = json_schema([(first, "refused"), (second, "refused"), (third, "enforced")])
    assert found.seen == "`json_schema`: refused; `json_object`: refused; asked for in words: followed"
    assert found.cover == '`shape.json_mode = "none"`'
