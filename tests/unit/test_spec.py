"""Model specifications: where the provider ends and the model begins."""

import pytest
from hypothesis import given, strategies as st

from modelmix.errors import BadSpec
from modelmix.spec import Spec, parse_spec

GOOD = {
    "openai:gpt-4o": ("openai", "gpt-4o"),
    "openrouter:meta-llama/llama-3.3-70b:free": ("openrouter", "meta-llama/llama-3.3-70b:free"),
    "local:/models/a b.gguf": ("local", "/models/a b.gguf"),
    "local:C:\\models\\a.gguf": ("local", "C:\\models\\a.gguf"),
    "  openai:gpt-4o\n": ("openai", "gpt-4o"),
    "anthropic:claude-3-5-sonnet": ("anthropic", "claude-3-5-sonnet"),
    "grok:grok-4": ("grok", "grok-4"),
}


@pytest.mark.parametrize(("text", "halves"), GOOD.items(), ids=GOOD)
def test_the_first_colon_parts_provider_and_model(text: str, halves: tuple[str, str]) -> None:
    assert parse_spec(text).unwrap() == Spec(*halves)


BAD = {
    "nothing": "",
    "white space": "  ",
    "no colon": "gpt-4o",
    "no model": "openai:",
    "no provider": ":gpt-4o",
    "a colon alone": ":",
    "a line end inside": "openai:gpt\n4o",
    "a control character": "openai:gpt\x1b[2J",
    "a nul": "openai:a\x00b",
    "a bidi override": "openai:\u202egpt",
    "a control character in the provider": "open\x07ai:gpt-4o",
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
def test_anything_else_is_a_bad_spec_that_keeps_the_text(text: str) -> None:
    assert parse_spec(text).failure() == BadSpec(text=text)


@given(
    provider=st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True),
    model=st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9:/._@-]{0,40}", fullmatch=True),
)
def test_a_spec_reads_back_as_it_is_written(provider: str, model: str) -> None:
    spec = Spec(provider, model)
    assert parse_spec(str(spec)).unwrap() == spec
