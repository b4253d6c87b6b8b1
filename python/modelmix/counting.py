"""Tokens before a call: of a text, or of everything that a model is asked."""

from typing import Unpack

from modelmix.ask import Ask, request_of
from modelmix.ast.message import Prompt
from modelmix.ast.options import Output
from modelmix.outcome import Outcome, mapped
from modelmix.spec import parse_spec
from modelmix.tokens.counted import Counted
from modelmix.tokens.request import count_request, count_text


def count_tokens(model: str, prompt: Prompt, *, output: Output | None = None, **ask: Unpack[Ask]) -> Outcome[Counted]:
    """How many tokens a text is for a model, named as `provider:model`; or a whole request, with what templates add.

    A text with nothing beside it is counted alone. Messages, and a text with a system prompt, tools or a form for its
    answer, are counted as they would be billed for input. Needs no key and no network; whether the count is exact is
    in it.

    >>> count_tokens("openai:gpt-4o", "What is 2+2?").unwrap().tokens
    7
    >>> count_tokens("openai:gpt-4o", "What is 2+2?", system="Be brief.").unwrap().tokens
    21
    """
    return mapped(parse_spec(model), lambda spec: _counted(spec.model, prompt, output, ask))


def _counted(model: str, prompt: Prompt, output: Output | None, ask: Ask) -> Counted:
    if isinstance(prompt, str) and output is None and not (ask.get("system") or ask.get("tools")):
        return count_text(prompt, model)
    return count_request(request_of(prompt, stream=False, output=output, **ask), model)
