"""Families of models: which encoding cuts their text, and what their templates add to it.

The weights are fitted on recorded traffic (`nox -s tokens`); docs/tokens.md has the error that they leave.
"""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from functools import cache
from typing import Final

from modelmix.node import Node
from modelmix.tokens.encoding import EncodingName

_GATEWAYS: Final = re.compile(r"^(?:.*/)?(?:(?:us|eu|ap|apac|jp|global)\.)?(?:[a-z]+\.(?=[a-z]))?")
"""What gateways put before a model's own name: `anthropic/`, `@cf/meta/`, `us.anthropic.`."""


class Weights(Node, frozen=True, kw_only=True):
    """What the pieces of a request come to, in the family's own tokens.

    `text`, `spec` and `schema` are for one token of ours in words, in tools, and in the JSON Schema of an answer; the
    others for each message, each call or result, each tool, and, once a request, for its frame, for tools being there
    at all, and for thinking being asked for. `answer` ends an answer.
    """

    text: float = 1.0
    message: float = 4.0
    request: float = 3.0
    thinking: float = 0.0
    exchange: float = 4.0
    tools: float = 0.0
    tool: float = 8.0
    spec: float = 1.0
    schema: float = 1.0
    answer: float = 1.0


class Family(Node, frozen=True, kw_only=True):
    """Models that count alike. `own` says that the encoding is theirs, so that a text alone is counted exactly."""

    name: str
    models: tuple[str, ...] = ()
    encoding: EncodingName = "o200k_base"
    own: bool = False
    exact: bool = False
    """Whether messages of words alone are counted exactly too."""
    function: int | None = None
    """Tokens that open a tool in OpenAI's published formula; None for who does not follow it."""
    weights: Weights = Weights()


FAMILIES: Final[tuple[Family, ...]] = (
    # tiktoken/model.py has the encodings; the form of messages is that of OpenAI's cookbook, "How to count tokens".
    Family(
        name="gpt-oss",
        models=("gpt-oss*",),
        own=True,
        weights=Weights(message=5, request=63, exchange=12, tools=14, tool=5, spec=0.76, answer=5),
    ),
    Family(
        name="openai-reasoning",
        models=("gpt-5*", "gpt-6*", "o1*", "o3*", "o4*", "codex-*"),
        own=True,
        function=7,
        weights=Weights(request=2, exchange=7, schema=0.89, answer=4),
    ),
    # What they look up goes through other models, and their counts are not those of their words.
    Family(name="gpt-4o-search", models=("gpt-4o*-search*",), own=True),
    Family(
        name="gpt-4o",
        models=("gpt-4o*", "gpt-4.1*", "gpt-4.5*", "chatgpt-4o*", "ft:gpt-4o*", "ft:gpt-4.1*"),
        own=True,
        exact=True,
        function=7,
        weights=Weights(exchange=6, schema=0.95),
    ),
    Family(
        name="gpt-4",
        models=("gpt-4", "gpt-4-*", "gpt-3.5*", "gpt-35-*", "ft:gpt-4*", "ft:gpt-3.5*"),
        encoding="cl100k_base",
        own=True,
        exact=True,
        function=10,
        weights=Weights(answer=0),
    ),
    Family(
        name="text-embedding",
        models=("text-embedding-3*", "text-embedding-ada*"),
        encoding="cl100k_base",
        own=True,
        exact=True,
        weights=Weights(message=0, request=0),
    ),
    Family(
        name="claude-new",
        models=("claude-opus-4-[789]*", "claude-opus-4.[789]*", "claude-opus-[5-9]*", "claude-sonnet-[5-9]*"),
        weights=Weights(text=1.4, message=1, request=8, exchange=15, tools=218, tool=14, spec=1.01, schema=0, answer=3),
    ),
    Family(
        name="claude",
        models=("claude*", "*-claude-*"),
        weights=Weights(
            text=1.12,
            message=2,
            request=5,
            thinking=28,
            exchange=32,
            tools=347,
            tool=16,
            spec=0.98,
            schema=0.77,
            answer=3,
        ),
    ),
    Family(
        name="gemini",
        models=("gemini*",),
        weights=Weights(text=1.03, message=1, request=0, exchange=6, tools=13, tool=2, spec=0.25, schema=0, answer=0),
    ),
    Family(
        name="gemma",
        models=("gemma*",),
        weights=Weights(text=1.1, message=2, request=9, exchange=12, tools=43, tool=13, spec=0.97, schema=0, answer=2),
    ),
    Family(
        name="llama",
        models=("llama*", "meta-llama*", "hermes*"),
        weights=Weights(text=1.01, message=3, request=32, exchange=17, tools=165, tool=14, spec=0.94, schema=0.05),
    ),
    Family(
        name="mistral",
        models=("*stral*", "*mixtral*"),
        weights=Weights(text=1.04, message=1, request=13, exchange=2, tool=13, spec=1.44, schema=0),
    ),
    Family(
        name="qwen",
        models=("qwen*", "qwq*"),
        weights=Weights(text=1.01, message=2, request=8, exchange=12, tools=85, tool=15, spec=1.24, schema=0.04),
    ),
    Family(
        name="deepseek",
        models=("deepseek*", "r1-*"),
        weights=Weights(text=0.97, message=1, exchange=7, tools=125, tool=11, spec=0.93, schema=0, answer=2),
    ),
    Family(
        name="grok",
        models=("grok*",),
        weights=Weights(
            text=0.99, message=2, request=5, thinking=8, exchange=21, tool=17, spec=1.59, schema=1.48, answer=0
        ),
    ),
    Family(
        name="glm",
        models=("glm*",),
        weights=Weights(text=1.01, message=2, request=4, exchange=8, tools=105, tool=12, spec=1.16, schema=0, answer=2),
    ),
    Family(
        name="kimi",
        models=("kimi*",),
        weights=Weights(text=1.09, message=2, request=22, exchange=7, tools=30, tool=14, spec=0.98, schema=0),
    ),
    Family(
        name="minimax",
        models=("minimax*",),
        weights=Weights(text=0.96, message=2, request=4, exchange=15, tool=13, spec=0.96, schema=0, answer=2),
    ),
    Family(
        name="nova",
        models=("nova*",),
        weights=Weights(text=0.98, message=2, request=4, exchange=9, tool=13, spec=0.96, schema=0, answer=2),
    ),
    Family(
        name="command",
        models=("command*",),
        weights=Weights(text=1.05, message=2, request=4, exchange=11, tool=13, spec=0.96, schema=0, answer=3),
    ),
    Family(
        name="sonar",
        models=("sonar*",),
        weights=Weights(message=1, request=0, exchange=11, tool=13, spec=0.96, schema=0, answer=0),
    ),
    Family(
        name="mimo",
        models=("mimo*",),
        weights=Weights(text=1.02, message=2, request=4, exchange=11, tool=13, spec=0.96, schema=0, answer=2),
    ),
)

ANY: Final = Family(
    name="any", weights=Weights(text=1.02, message=2, request=4, exchange=11, tool=13, spec=0.96, schema=0, answer=2)
)
"""For models that no family names."""


@cache
def own_name(model: str) -> str:
    """The name that a model has with who made it, without what a gateway puts before it.

    >>> own_name("us.anthropic.claude-sonnet-4-5-20250929-v1:0"), own_name("meta-llama/Llama-3.3-70B:free")
    ('claude-sonnet-4-5-20250929-v1:0', 'llama-3.3-70b:free')
    """
    return _GATEWAYS.sub("", model.lower(), count=1)


def is_one_of(model: str, globs: Iterable[str]) -> bool:
    """Whether a model has one of these names, whoever serves it."""
    name = own_name(model)
    return any(fnmatchcase(name, glob) for glob in globs)


@cache
def family_of(model: str) -> Family:
    """The first family that names a model; `ANY` for one that nobody names.

    >>> family_of("openai/gpt-4o-mini").name, family_of("somebody's-own").name
    ('gpt-4o', 'any')
    """
    return next((family for family in FAMILIES if is_one_of(model, family.models)), ANY)
