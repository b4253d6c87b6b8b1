"""A provider that only the catalogue knows, as a row like those of the files: no code and no file for any of them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec import to_builtins
from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.ast.model import Model
from modelmix.catalog.endpoint import Endpoint, endpoint_of
from modelmix.catalog.record import Kind
from modelmix.catalog.shipped import shipped_record
from modelmix.decode import DialectName
from modelmix.endpoint import host_of, is_loopback
from modelmix.errors import Unsupported
from modelmix.outcome import Outcome, and_then, mapped
from modelmix.providers.address import fill, places
from modelmix.providers.load import bends, built_in, is_built_in, packages
from modelmix.providers.provider import Auth, Embedding, Package, Provider, Rule, Shape
from modelmix.providers.variables import key_variables
from modelmix.quirks import bent, fits, rules_for

_SHAPES: Final[Mapping[str, DialectName]] = MappingProxyType(
    {"responses": "openai-responses", "completions": "openai-chat"}
)
"""What models.dev calls the two APIs that one package of OpenAI's kind may speak."""

_PATHS: Final = ("/chat/completions", "/responses", "/messages")
"""What a dialect puts after a base URL; some addresses in the catalogue end in it already."""

_LIMITS: Final = Embedding(texts=2048, tokens=300_000)
"""OpenAI's: what stands behind a compatible endpoint may have less, and says so when it refuses."""


def provider_of(endpoint: Endpoint, model: str, entry: Model | None, env: Mapping[str, str]) -> Outcome[Provider]:
    """The provider as one of its models meets it: dialect, address, header for the key, shape and rules.

    Fails where it cannot be spoken to here, and where its address waits for a variable that is not set.
    """
    allowed = () if endpoint.project else tuple(set(endpoint.env) - set(key_variables(endpoint)))
    return and_then(
        _row(endpoint, model, entry),
        lambda row: mapped(
            fill(row.base_url, allowed, env, endpoint.id),
            lambda url: replace(row, base_url=url),
        ),
    )


def refusal(endpoint: Endpoint, model: str) -> Unsupported | None:
    """Why a model's requests cannot be made here; None where they can."""
    row = _row(endpoint, model, None)
    error = row.failure() if isinstance(row, Failure) else None
    return error if isinstance(error, Unsupported) else None


def is_own_server(endpoint: Endpoint) -> bool:
    """Whether the provider runs on this machine: then the user chooses what it serves, and it may want no key."""
    return is_loopback(host_of(endpoint.api or ""))


def listed_table(name: str) -> Mapping[str, object]:
    """What the shipped catalogue says of a provider, as a table that settings can be laid over; empty for nothing.

    Settings say one dialect for all models, and the address too where that one has places to be filled.
    """
    known = None if is_built_in(name) else shipped_record(name)
    row = None if known is None else _row(endpoint_of(known), "", None)
    if not isinstance(row, Success):
        return {}
    table: dict[str, object] = to_builtins(row.unwrap())
    return {key: value for key, value in table.items() if key != "base_url" or not places(str(value))}


def _row(endpoint: Endpoint, model: str, entry: Model | None) -> Outcome[Provider]:
    """The provider, with the places in its address still open."""
    kind = endpoint.kinds.get(model, Kind())
    package = _package(endpoint, kind)
    api = kind.api or endpoint.api or (None if package is None else package.base_url)
    if package is None or package.dialect is None or api is None:
        return Failure(_refused(endpoint, kind, package))
    dialect = _SHAPES.get(kind.shape or "", package.dialect) if _is_openai(package.dialect) else package.dialect
    vendor = None if package.like is None else built_in(package.like)
    auth = Auth() if vendor is None else vendor.auth
    shape, rules = _manners(package, vendor, dialect, model, entry)
    own = [bend for bend in bends() if endpoint.id in bend.providers]
    return Success(
        Provider(
            id=endpoint.id,
            name=endpoint.name,
            dialect=dialect,
            base_url=_base(api),
            headers={} if vendor is None else vendor.headers,
            auth=replace(auth, env=key_variables(endpoint), required=not is_own_server(endpoint)),
            shape=bent(shape, *[bend.shape for bend in own]),
            embeddings=package.embeddings,
            embedding=_LIMITS,
            rules=(*rules, *[rule for bend in own for rule in bend.rules]),
            any_model=is_own_server(endpoint),
        )
    )


def _package(endpoint: Endpoint, kind: Kind) -> Package | None:
    """The package that a model is spoken to by. What refuses a provider refuses its models, but for some ways."""
    whole = packages().get(endpoint.npm or "")
    if kind.npm is None or (whole is not None and whole.dialect is None and kind.npm not in whole.through):
        return whole
    return packages().get(kind.npm)


def _refused(endpoint: Endpoint, kind: Kind, package: Package | None) -> Unsupported:
    npm = kind.npm or endpoint.npm
    why = "the catalogue has no address of it"
    if package is None:
        why = f"it is spoken to by `{npm}`, which is not known here" if npm else "the catalogue does not say how"
    instead = "make an entry in your settings, with `base_url`"
    if package is not None and package.dialect is None:
        why, instead = package.why, package.instead or instead
    return Unsupported(what=f"{endpoint.id}: {why}", by="modelmix", instead=instead)


def _is_openai(dialect: DialectName) -> bool:
    return dialect in _SHAPES.values()


def _base(api: str) -> str:
    base = api.rstrip("/")
    for path in _PATHS:
        base = base.removesuffix(path)
    return base


def _manners(
    package: Package, vendor: Provider | None, dialect: DialectName, model: str, entry: Model | None
) -> tuple[Shape, tuple[Rule, ...]]:
    """How a model wants to be asked: as at home, where it is its vendor's and so is the dialect; else with caution."""
    name = model.rpartition("/")[2]
    if vendor is not None and fits(name, package.family):
        # Others write 4.5 where Anthropic writes 4-5.
        spelled = name.replace(".", "-") if package.like == "anthropic" else name
        rules = [replace(rule, models=("*",), unless=(), dialect=None) for rule in rules_for(vendor, spelled)]
        return vendor.shape, tuple(rules)
    match dialect:
        case "openai-chat":
            # As the AI SDK does it: JSON by schema only where the model is known to take one.
            takes = entry is not None and entry.capabilities.structured_output is True
            return Shape(json_mode="both" if takes else "object"), ()
        case "anthropic-messages":
            return Shape(json_mode="none", thinking="budget"), ()
        case "openai-responses" | "google-generate" | "ollama-chat":
            return Shape(), ()
