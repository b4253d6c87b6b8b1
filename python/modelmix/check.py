"""Whether a request is one that can be asked at all."""

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from returns.result import Failure, Success

from modelmix.ast.message import Tool
from modelmix.ast.options import Options, Shaped
from modelmix.ast.request import Request
from modelmix.ast.tool import OneTool
from modelmix.errors import BadRequest
from modelmix.jsonvalue import parse
from modelmix.keywords import flaws
from modelmix.outcome import Outcome

_NO_RESULTS: Final = Tool(())


def check(request: Request) -> Outcome[Request]:
    """The request, unless an option is out of range or a part contradicts another."""
    flaw = next(_flaws(request), None)
    return Success(request) if flaw is None else Failure(flaw)


def _flaws(request: Request) -> Iterator[BadRequest]:
    yield from _option_flaws(request.options)
    if not request.messages:
        yield BadRequest(field="messages", value="()", expected="at least one message")
    if _NO_RESULTS in request.messages:
        yield BadRequest(field="messages", value="Tool(())", expected="at least one result in a tool's turn")
    names = [tool.name for tool in request.tools]
    if len(set(names)) < len(names):
        yield BadRequest(field="tools", value=", ".join(names), expected="each name once")
    choice = request.tool_choice
    if isinstance(choice, OneTool) and choice.name not in names:
        yield BadRequest(field="tool_choice", value=choice.name, expected="one of the tools given")
    if choice == "required" and not names:
        yield BadRequest(field="tool_choice", value="required", expected="tools to choose from")
    for tool in request.tools:
        yield from _schema_flaws(f"tools.{tool.name}.parameters", tool.parameters)
    if isinstance(request.output, Shaped):
        yield from _schema_flaws("schema", request.output.schema)
        yield from flaws(request.output.schema)


def _option_flaws(options: Options) -> Iterator[BadRequest]:
    ranges = (
        ("temperature", options.temperature, 0.0, 2.0),
        ("top_p", options.top_p, 0.0, 1.0),
        ("presence_penalty", options.presence_penalty, -2.0, 2.0),
        ("frequency_penalty", options.frequency_penalty, -2.0, 2.0),
        ("max_tokens", options.max_tokens, 1, math.inf),
        ("top_k", options.top_k, 0, math.inf),
        ("reasoning_budget", options.reasoning_budget, 0, math.inf),
    )
    for field, value, low, high in ranges:
        if value is not None and not low <= value <= high:
            expected = f"at least {low}" if math.isinf(high) else f"a number from {low:g} to {high:g}"
            yield BadRequest(field=field, value=str(value), expected=expected)
    for name, given in options.extra:
        why = _json_flaw(given)
        if why is not None:
            yield BadRequest(field=name, value=given[:80], expected=why)
    if "" in options.stop:
        yield BadRequest(field="stop", value="an empty text", expected="texts that are not empty")


def _schema_flaws(field: str, schema: str) -> Iterator[BadRequest]:
    why = _schema_flaw(schema)
    if why is not None:
        yield BadRequest(field=field, value=schema[:80], expected=why)


@lru_cache(maxsize=1024)
def _schema_flaw(schema: str) -> str | None:
    """What a text lacks to be a JSON Schema. The schemas of an agent's tools are the same in every call."""
    try:
        return None if isinstance(parse(schema), dict) else "a JSON Schema, which is an object"
    except ValueError as cause:
        return f"a JSON Schema ({cause})"


def _json_flaw(text: str) -> str | None:
    try:
        parse(text)
    except ValueError as cause:
        return f"JSON ({cause})"
    return None
