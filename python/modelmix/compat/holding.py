"""An answer that another tool recorded, held to what its request asks for.

Nobody knows what the tool wanted to see: what is asserted is what every good answer to such a request keeps.
"""

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias

from msgspec.structs import replace
from returns.result import Failure

from modelmix.ast.content import JsonText, Text, ToolCall
from modelmix.ast.embedding import Vector
from modelmix.ast.options import Shaped
from modelmix.ast.response import Response
from modelmix.ast.usage import Usage
from modelmix.compat.checks import agreeing, flaw, shown
from modelmix.compat.imports.asked import Asked
from modelmix.compat.scenario import Flaw
from modelmix.errors import MixError, ObjectMismatch
from modelmix.explanation import explain
from modelmix.node import Node
from modelmix.objects import read_json

_ENDS: Final = ("stop", "length", "tool_calls", "content_filter", "pause")
"""Reasons for which an answer may well end; the others say that something went wrong, or nothing."""


class Unchecked(Node, frozen=True):
    """What an answer could not be held to, and why."""

    why: str


Finding: TypeAlias = Flaw | Unchecked
"""What does not hold, or cannot be told to hold."""


def answer_findings(response: Response, wish: Asked | None) -> Iterator[Finding]:
    """What is found of an answer in words; `wish` is None where nobody kept the request."""
    if response.finish not in _ENDS:
        came = f"{response.finish} (the provider says {response.raw_finish!r})"
        yield flaw("finish", f"one of {', '.join(_ENDS)}", came)
    if response.finish == "stop" and not response.parts:
        yield flaw("answer", "text, a call, or anything else", "nothing")
    yield from agreeing(_summed(response.usage))
    if wish is None:
        yield Unchecked("its request was not recorded")
        return
    # Not every provider counts reasoning against the limit: xAI does not.
    given = (response.usage.output or 0) - (response.usage.reasoning or 0)
    if wish.limit is not None and given > wish.limit:
        yield flaw("usage.output", f"at most {wish.limit}, as was asked, without reasoning", given)
    if response.finish == "length":
        # What was cut off fits no schema.
        return
    for call in response.tool_calls:
        yield from _call_findings(call, wish)
    if wish.schema is not None and response.finish == "stop" and not response.tool_calls and response.refusal is None:
        yield from _misfit("object", response, wish.schema)


def vector_findings(vectors: Sequence[Vector], wish: Asked | None) -> Iterator[Finding]:
    """What is found of vectors: their number, their length, and that they are not all 0.

    That all have one length, and hold finite numbers, is what their reader holds them to already.
    """
    texts, wanted = (None, None) if wish is None else (wish.texts, wish.dimensions)
    if not vectors or texts not in {None, len(vectors)}:
        yield flaw("vectors", "one at least" if texts is None else str(texts), len(vectors))
    size = len(vectors[0]) if vectors else None
    if size is not None and wanted not in {None, size}:
        yield flaw("dimensions", str(wanted), size)
    for index, vector in enumerate(vectors):
        if not any(vector):
            yield flaw(f"vector {index}", "a number other than 0", "zeros")
    if wish is None:
        yield Unchecked("its request was not recorded")


def _summed(usage: Usage) -> Usage:
    """The counts without a total that leaves cached tokens out, as Grok's on Azure does together with its prompt."""
    cached = usage.cache_read or 0
    is_short = (
        usage.total is not None and cached > 0 and usage.total + cached == (usage.input or 0) + (usage.output or 0)
    )
    return replace(usage, total=None) if is_short else usage


def _call_findings(call: ToolCall, wish: Asked) -> Iterator[Finding]:
    if call.name not in wish.tools:
        tools = ", ".join(wish.tools) or "no tool, since none was offered"
        yield flaw("tool call", f"a call of {tools}", f"{call.name}({call.arguments})")
        return
    schema = wish.tools[call.name]
    if schema is not None:
        arguments = Response(parts=(Text(call.arguments),), finish="stop")
        yield from _misfit(f"arguments of {call.name}", arguments, schema)


def _misfit(about: str, response: Response, schema: JsonText) -> Iterator[Finding]:
    read = read_json(response, Shaped(name="asked", schema=schema))
    if isinstance(read, Failure):
        error: MixError = read.failure()
        if isinstance(error, ObjectMismatch):
            yield flaw(about, f"JSON that fits {shown(schema)}", f"{response.text}: {error.why}")
        else:
            yield Unchecked(f"{about}: {explain(error).summary}")
