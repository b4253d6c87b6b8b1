"""`count_tokens`: a text alone, or all that a model is asked."""

from typing import Final

import pytest

from modelmix import BadSpec, Failure, Prompt, count_tokens, system, user
from modelmix.ask import Ask
from unit.tokens.test_request import ASKED, WEATHER

# tiktoken 0.14.0 gives "hello world" 2 tokens in both encodings; OpenAI's form adds 4 a message and 3.
CASES: Final[dict[str, tuple[str, Prompt, Ask, int, bool]]] = {
    "a text": ("openai:gpt-4o", "hello world", {}, 2, True),
    "a text in the older encoding": ("openai:gpt-4", "hello world", {}, 2, True),
    "a message": ("openai:gpt-4o", user("hello world"), {}, 9, True),
    "messages": ("openrouter:openai/gpt-4o", (system("hello world"), user("hello world")), {}, 15, True),
    "a text with a system prompt": ("openai:gpt-4o", "hello world", {"system": "hello world"}, 15, True),
    "messages with tools": ("openai:gpt-4o", ASKED, {"tools": [WEATHER]}, 101, False),
    "an empty text": ("anthropic:claude-sonnet-4-5", "", {}, 0, False),
}


@pytest.mark.parametrize(("model", "prompt", "ask", "tokens", "exact"), CASES.values(), ids=CASES)
def test_tokens_of_what_is_asked(model: str, prompt: Prompt, ask: Ask, tokens: int, *, exact: bool) -> None:
    found = count_tokens(model, prompt, **ask).unwrap()
    assert (found.tokens, found.exact) == (tokens, exact)


def test_a_specification_that_is_none_fails() -> None:
    assert count_tokens("gpt-4o", "hi") == Failure(BadSpec(text="gpt-4o"))
