"""Request and target make a call: one HTTP request as a value, ready to be sent or shown."""

from typing import Final, TypeAlias

from msgspec.json import encode as to_json
from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.model import Capabilities, Model
from modelmix.ast.request import Request
from modelmix.capable import suit
from modelmix.check import check
from modelmix.decode import Bounds, DialectName, Reading, Tags, decoder
from modelmix.dialects.table import Dialect, dialect_named
from modelmix.errors import BadRequest, TooLong
from modelmix.node import Node
from modelmix.outcome import Outcome
from modelmix.providers.provider import Provider, Rule
from modelmix.quirks import abilities, apply, dialect_for, rules_for, shape_for, tags_for
from modelmix.secret import Secret
from modelmix.vectors import Packing, VectorReader, WireName
from modelmix.window import room

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
    dialect: DialectName | None = None
    """The dialect to speak; None leaves it to the provider and the model."""
    adaptations: tuple[Adaptation, ...] = ()
    unchecked: bool = False
    """Whether the caller knows better than the catalogue what the model can do."""


class Outgoing(Node, frozen=True, kw_only=True):
    """One complete HTTP request, without its key.

    The key stays in `key` until the request is written to the wire; `auth` says which header it goes into.
    """

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    target: Target
    adaptations: tuple[Adaptation, ...]
    stream: bool = False
    answer_tool: str | None = None
    """The tool whose arguments are the answer, where the model is made to answer by one."""

    @property
    def shown_headers(self) -> tuple[tuple[str, str], ...]:
        """All headers as they are sent, the key hidden."""
        key = self.target.key
        if key is None:
            return self.headers
        return (*self.headers, auth_header(self.target.provider, HIDDEN))


class Call(Outgoing, frozen=True, kw_only=True):
    """A request to a model, which answers with words."""

    dialect: DialectName
    tags: Tags
    max_tokens: int | None
    request: Request
    """What was asked, for whoever has to count it."""

    def reader(self, bounds: Bounds) -> Reading:
        """What reads the reply to one try."""
        return decoder(self.dialect, tags=self.tags, bounds=bounds)


class EmbedCall(Outgoing, frozen=True, kw_only=True):
    """A request to an embedding endpoint, which answers `texts` texts with as many vectors of `dimensions` numbers."""

    wire: WireName
    packing: Packing
    texts: int
    dimensions: int | None

    def reader(self, bounds: Bounds) -> Reading:
        """What reads the reply to one try."""
        return VectorReader(
            self.wire, packing=self.packing, count=self.texts, dimensions=self.dimensions, bounds=bounds
        )


AnyCall: TypeAlias = Call | EmbedCall
"""Every kind of request."""


def auth_header(provider: Provider, key: str) -> tuple[str, str]:
    """The header that carries a key."""
    return provider.auth.header, provider.auth.scheme + key


def plan(request: Request, target: Target) -> Outcome[Call]:
    """The call that says `request` to `target`, with every change that suits the model."""
    provider = target.provider
    rules = rules_for(provider, target.model)
    name = target.dialect or dialect_for(provider, rules, request)
    dialect = dialect_named(name)
    rules = tuple(rule for rule in rules if rule.within in {None, name})
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
    entry = target.entry
    able, spec = abilities(rules), target.spec or target.model
    told: tuple[Adaptation, ...] = ()
    if entry is not None and target.unchecked:
        entry = replace(entry, capabilities=Capabilities())
    elif entry is not None:
        suited = suit(request, entry, able, spec)
        if isinstance(suited, Failure):
            return suited
        request, told = suited.unwrap().request, suited.unwrap().adaptations
    drafted = dialect.encode(request, target.model, shape_for(provider, rules), entry)
    if isinstance(drafted, Failure):
        return drafted
    draft = drafted.unwrap()
    changed = apply(rules, request, draft.body)
    body = to_json(draft.body)
    if target.entry is not None and not target.unchecked and "length" not in able:
        length = room(request, len(body), target.entry.limits, spec, target.model)
        if isinstance(length, TooLong):
            return Failure(length)
        told = told if length is None else (*told, length)
    return Success(
        Call(
            method="POST",
            url=target.base_url + dialect.path(target.model, request),
            headers=headers_for(provider, accept=dialect.accept if request.stream else None),
            body=body,
            dialect=dialect.name,
            tags=tags_for(provider, target.model),
            stream=request.stream,
            max_tokens=draft.max_tokens or request.options.max_tokens,
            target=target,
            adaptations=(*target.adaptations, *told, *draft.adaptations, *changed),
            answer_tool=draft.answer_tool,
            request=request,
        )
    )


def headers_for(provider: Provider, *, accept: str | None = None) -> tuple[tuple[str, str], ...]:
    """The headers of every request to a provider, but for the key.

    `accept` is the media type of a stream, None for a reply in one piece.
    """
    common = [("content-type", "application/json")]
    if accept is not None:
        # Compressed streams arrive in bursts, at the ends of the compressor's blocks.
        common += [("accept", accept), ("accept-encoding", "identity")]
    else:
        common.append(("accept", "application/json"))
    return (*common, *provider.headers.items())
