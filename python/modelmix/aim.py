"""From the name of a model to the target of a call."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from msgspec import field
from returns.result import Failure, Success

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.model import Model
from modelmix.call import Target
from modelmix.capable import standing
from modelmix.catalog.catalog import Catalog
from modelmix.catalog.endpoint import Endpoint
from modelmix.catalog.patches import FOLDER as PATCHES
from modelmix.config import Config
from modelmix.decode import DialectName
from modelmix.endpoint import check, reach
from modelmix.errors import NotAccepted
from modelmix.keys import find_key
from modelmix.node import Node
from modelmix.outcome import Outcome, and_then, mapped
from modelmix.paths import data_folder
from modelmix.providers.known import Known, find as find_provider
from modelmix.providers.load import is_built_in
from modelmix.providers.provider import Provider
from modelmix.providers.row import is_own_server, provider_of, refusal
from modelmix.secret import Secret
from modelmix.spec import Spec, parse_spec
from modelmix.variables import first_foreign


class World(Node, frozen=True):
    """What a call depends on besides its arguments: settings, environment, and the models that are known."""

    config: Config = Config()
    env: Mapping[str, str] = MappingProxyType({})
    catalog: Catalog = field(default_factory=Catalog)


def world(config: Config, env: Mapping[str, str]) -> World:
    """The world of a program with some settings and variables: the models too that its user has synced and patched."""
    data = data_folder(env)
    patches = [(data / PATCHES, False)]
    if config.project is not None:
        patches.append((Path(config.project) / PATCHES, True))
    return World(config, env, Catalog(data / "catalog", patches=patches, settled=config.providers))


class Aim(Node, frozen=True, kw_only=True):
    """What a caller may say about where a request goes, besides the model.

    `unlisted` takes a model that the catalogue does not know, and asks of any model what the catalogue says that it
    cannot do. A `base_url` of the caller's own gets no stored key, and nothing asked there is checked either.
    `dialect` is spoken instead of the one that the provider and the model are known for.
    """

    api_key: Secret | None = None
    base_url: str | None = None
    unlisted: bool = False
    dialect: DialectName | None = None


def aim(text: str, world: World, wish: Aim) -> Outcome[Target]:
    """The target that a model specification names."""
    parsed = parse_spec(text)
    if isinstance(parsed, Failure):
        return parsed
    spec = parsed.unwrap()
    found = find_provider(spec.provider, world.config.providers, world.catalog)
    if isinstance(found, Failure):
        return and_then(_accepted(spec.provider, world.catalog), lambda _: found)
    known = found.unwrap()
    refused = None if isinstance(known, Provider) else refusal(known, spec.model)
    if refused is not None:
        return Failure(refused)
    spec = Spec(known.id, spec.model)
    listed = _listed(spec, known, world, wish)
    if isinstance(listed, Failure):
        return listed
    entry, adaptations = listed.unwrap()
    model = spec.model if entry is None else entry.id
    provider = Success(known) if isinstance(known, Provider) else provider_of(known, model, entry, world.env)
    return and_then(provider, lambda row: _target(text, model, row, world, wish, entry, adaptations, known))


def _accepted(provider: str, catalog: Catalog) -> Outcome[None]:
    """A failure where there is a provider of that name which only waits to be accepted."""
    waiting = catalog.waiting(provider)
    if isinstance(waiting, Failure):
        return waiting
    found = waiting.unwrap()
    if found is None:
        return Success(None)
    return Failure(NotAccepted(provider=provider, api=found.api, env=found.env))


def _listed(spec: Spec, known: Known, world: World, wish: Aim) -> Outcome[tuple[Model | None, tuple[Adaptation, ...]]]:
    """The catalogue's entry. Servers of the user's own serve what they like."""
    looked_up = world.catalog.find_known(spec)
    if isinstance(looked_up, Failure):
        return looked_up
    found = looked_up.unwrap()
    if found is not None:
        return Success((found.model, found.adaptations))
    if _serves_any(known) or wish.unlisted or wish.base_url is not None:
        return Success((None, ()))
    return mapped(world.catalog.find(spec), lambda found: (found.model, found.adaptations))


def _serves_any(known: Known) -> bool:
    if isinstance(known, Endpoint):
        return is_own_server(known)
    return known.any_model or not is_built_in(known.id)


def is_at_home(known: Known, world: World) -> bool:
    """Whether requests go to the provider's own host, and not where a variable or the project sends them."""
    if isinstance(known, Endpoint):
        return not known.project or first_foreign(known.env, "", world.catalog.owners()) is None
    moved = known.base_url_env is not None and bool(world.env.get(known.base_url_env))
    return not moved and known.id not in world.config.moved


def _target(
    text: str,
    model: str,
    provider: Provider,
    world: World,
    wish: Aim,
    entry: Model | None,
    adaptations: tuple[Adaptation, ...],
    known: Known,
) -> Outcome[Target]:
    moved = world.env.get(provider.base_url_env) if provider.base_url_env else None
    asked = wish.base_url or (reach(moved, provider.base_url) if moved else provider.base_url)
    checked = check(asked if "://" in asked else f"http://{asked}", allow_insecure=provider.allow_insecure)
    if isinstance(checked, Failure):
        return checked
    key = find_key(
        provider,
        given=None if wish.api_key is None else wish.api_key.reveal(),
        env=world.env,
        stored=stored_keys(known, world.config),
        own_host=wish.base_url is None and is_at_home(known, world),
    )
    if isinstance(key, Failure):
        return key
    return Success(
        Target(
            provider=provider,
            model=model if entry is None or entry.sent_as is None else entry.sent_as,
            base_url=checked.unwrap(),
            key=key.unwrap(),
            entry=entry,
            spec=text.strip(),
            dialect=wish.dialect,
            adaptations=(*adaptations, *standing(entry)),
            unchecked=wish.unlisted or wish.base_url is not None,
        )
    )


def stored_keys(known: Known, config: Config) -> Mapping[str, Secret]:
    """The keys that may go to a provider. Where a file of the project says where it is, none of the user's does."""
    return {} if isinstance(known, Endpoint) and known.project else config.keys
