"""Targets, calls and responses for tests, made of real parts."""

from typing import Final

from modelmix.ast.content import Text
from modelmix.ast.message import user
from modelmix.ast.model import Model
from modelmix.ast.options import Options
from modelmix.ast.request import Request
from modelmix.ast.response import FinishReason, Response
from modelmix.call import Call, Target, plan
from modelmix.providers.load import built_in
from modelmix.providers.provider import Provider
from modelmix.secret import Secret

KEY: Final = "sk-unit-0123456789-abcdefghij"
"""A key that must never be seen anywhere."""


def target(
    provider: Provider | str = "openai", model: str = "gpt-4o", *, key: str | None = KEY, entry: Model | None = None
) -> Target:
    row = built_in(provider) if isinstance(provider, str) else provider
    return Target(
        provider=row,
        model=model,
        base_url=row.base_url,
        key=None if key is None else Secret(key),
        entry=entry,
        spec=f"{row.id}:{model}",
    )


def call(to: Target | None = None, *, stream: bool = True, options: Options | None = None) -> Call:
    request = Request(messages=(user("Hello."),), stream=stream, options=options or Options())
    return plan(request, to or target()).unwrap()


def answer(text: str, finish: FinishReason = "stop") -> Response:
    return Response(parts=(Text(text),), finish=finish)
