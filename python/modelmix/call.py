"""Request and target make a call: one HTTP request as a value, ready to be sent or shown."""

from typing import Final

from msgspec.json import encode as to_json
from returns.result import Failure, Success

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.model import Model
from modelmix.ast.request import Request
from modelmix.check import check
from modelmix.decode import DialectName, Tags
from modelmix.dialects.table import TABLE, Dialect
from modelmix.errors import BadRequest, Unsupported
from modelmix.node import Node
from modelmix.outcome import Outcome
from modelmix.providers.provider import Dialect as ProviderDialect
from modelmix.providers.provider import Provider, Rule
from modelmix.quirks import apply, dialect_for, rules_for, shape_for, tags_for
from modelmix.secret import Secret

HIDDEN: Final = "***"
"""What stands in place of a key wherever a call is shown."""


class Target(Node, frozen=True, kw_only=True):
    """Where a request goes: a provider, one of its models, and the key."""

    provider: Provider
    model: str
    """The id that is sent."""
    base_url: str
    key: Secret | None = None
    entry: Model | None = None
    """What the catalogue knows of the model."""
    spec: str = ""
    """The model as the caller named it."""
    dialect: ProviderDialect | None = None
    """The dialect to speak; None leaves it to the provider and the model."""
    adaptations: tuple[Adaptation, ...] = ()


class Call(Node, frozen=True, kw_only=True):
    """One complete HTTP request, without its key.

    The key stays in `key` until the request is written to the wire; `auth` says which header it goes into.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    dialect: DialectName
    tags: Tags
    stream: bool
    max_tokens: int | None
    target: Target
    adaptations: tuple[Adaptation, ...]
    answer_tool: str | None = None
    """The tool whose arguments are the answer, where the model is made to answer by one."""

    @property
    def shown_headers(self) -> tuple[tuple[str, str], ...]:
        """All headers as they are sent, the key hidden."""
        key = self.target.key
        if key is None:
            return self.headers
        return (*self.headers, auth_header(self.target.provider, HIDDEN))


def auth_header(provider: Provider, key: str) -> tuple[str, str]:
    """The header that carries a key."""
    return provider.auth.header, provider.auth.scheme + key


def plan(request: Request, target: Target) -> Outcome[Call]:
    """The call that says `request` to `target`, with every change that suits the model."""
    provider = target.provider
    rules = rules_for(provider, target.model)
    name = target.dialect or dialect_for(provider, rules, request)
    dialect = TABLE.get(name)
    if dialect is None:
        what = f"the dialect {name}"
        instead = "many of its models are also served by openrouter"
        return Failure(Unsupported(what=what, by="this version of modelmix", instead=instead))
    checked = check(request)
    if isinstance(checked, Failure):
        return checked
    try:
        return _spoken(request, target, dialect, rules)
    except UnicodeEncodeError as cause:
        # Arguments that are no UTF-8 reach Python as lone surrogates, and JSON on the wire is UTF-8.
        value = ascii(cause.object[cause.start : cause.end])
        return Failure(BadRequest(field="text", value=value, expected="whole characters"))


def _spoken(request: Request, target: Target, dialect: Dialect, rules: tuple[Rule, ...]) -> Outcome[Call]:
    provider = target.provider
    drafted = dialect.encode(request, target.model, shape_for(provider, rules), target.entry)
    if isinstance(drafted, Failure):
        return drafted
    draft = drafted.unwrap()
    changed = apply(rules, request, draft.body)
    return Success(
        Call(
            method="POST",
            url=target.base_url + dialect.path(target.model, request),
            headers=_headers(provider, stream=request.stream),
            body=to_json(draft.body),
            dialect=dialect.name,
            tags=tags_for(provider, target.model),
            stream=request.stream,
            max_tokens=request.options.max_tokens,
            target=target,
            adaptations=(*target.adaptations, *draft.adaptations, *changed),
            answer_tool=draft.answer_tool,
        )
    )


def _headers(provider: Provider, *, stream: bool) -> tuple[tuple[str, str], ...]:
    common = [("content-type", "application/json")]
    if stream:
        # Compressed streams arrive in bursts, at the ends of the compressor's blocks.
        common += [("accept", "text/event-stream"), ("accept-encoding", "identity")]
    else:
        common.append(("accept", "application/json"))
    return (*common, *provider.headers.items())
