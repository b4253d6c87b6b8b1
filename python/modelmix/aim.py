"""From the name of a model to the target of a call."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import field
from returns.result import Failure, Success

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.model import Model
from modelmix.call import Target
from modelmix.capable import standing
from modelmix.catalog.catalog import Catalog
from modelmix.config import Config
from modelmix.decode import DialectName
from modelmix.endpoint import check, reach
from modelmix.keys import find_key
from modelmix.node import Node
from modelmix.outcome import Outcome, mapped
from modelmix.providers.load import find as find_provider, names
from modelmix.providers.provider import Provider
from modelmix.secret import Secret
from modelmix.spec import Spec, parse_spec


class World(Node, frozen=True):
    """What a call depends on besides its arguments: settings, environment, and the models that are known."""

    config: Config = Config()
    env: Mapping[str, str] = MappingProxyType({})
    catalog: Catalog = field(default_factory=Catalog)


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
    found = find_provider(spec.provider, world.config.providers)
    if isinstance(found, Failure):
        return found
    provider = found.unwrap()
    listed = _listed(Spec(provider.id, spec.model), provider, world.catalog, wish)
    if isinstance(listed, Failure):
        return listed
    entry, adaptations = listed.unwrap()
    return _target(text, Spec(provider.id, spec.model), provider, world, wish, entry, adaptations)


def _listed(
    spec: Spec, provider: Provider, catalog: Catalog, wish: Aim
) -> Outcome[tuple[Model | None, tuple[Adaptation, ...]]]:
    """The catalogue's entry. Servers of the user's own serve what they like."""
    found = catalog.find_known(spec)
    if isinstance(found, Failure):
        return found
    known = found.unwrap()
    if known is not None:
        return Success((known.model, known.adaptations))
    own = provider.any_model or provider.id not in names()
    if own or wish.unlisted or wish.base_url is not None:
        return Success((None, ()))
    return mapped(catalog.find(spec), lambda found: (found.model, found.adaptations))


def is_at_home(provider: Provider, world: World) -> bool:
    """Whether requests go to the provider's own host, and not where a variable or the project sends them."""
    moved = provider.base_url_env is not None and bool(world.env.get(provider.base_url_env))
    return not moved and provider.id not in world.config.moved


def _target(
    text: str,
    spec: Spec,
    provider: Provider,
    world: World,
    wish: Aim,
    entry: Model | None,
    adaptations: tuple[Adaptation, ...],
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
        stored=world.config.keys,
        own_host=wish.base_url is None and is_at_home(provider, world),
    )
    if isinstance(key, Failure):
        return key
    return Success(
        Target(
            provider=provider,
            model=spec.model if entry is None else entry.id,
            base_url=checked.unwrap(),
            key=key.unwrap(),
            entry=entry,
            spec=text.strip(),
            dialect=wish.dialect,
            adaptations=(*adaptations, *standing(entry)),
            unchecked=wish.unlisted or wish.base_url is not None,
        )
    )
