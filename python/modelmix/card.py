"""Everything about one model: what is known of it, how it is reached, and whether there is a key."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from returns.result import Failure, Success

from modelmix.aim import Aim, World, aim, is_at_home, stored_keys
from modelmix.ast.adaptation import Adaptation
from modelmix.ast.message import user
from modelmix.ast.model import Model
from modelmix.ast.request import Request
from modelmix.call import HIDDEN, Target
from modelmix.capable import standing
from modelmix.catalog.catalog import Catalog
from modelmix.catalog.endpoint import Origin
from modelmix.catalog.shipped import shipped_manifest
from modelmix.decode import DialectName
from modelmix.errors import BadSpec, MixError, UnknownModel, UnknownProvider
from modelmix.keys import key_place
from modelmix.node import Node
from modelmix.outcome import Outcome, mapped
from modelmix.providers.known import Known, find as find_provider
from modelmix.providers.load import built_in, names
from modelmix.providers.provider import Provider
from modelmix.providers.row import is_own_server
from modelmix.providers.variables import key_variables
from modelmix.quirks import dialect_for, rules_for
from modelmix.secret import Secret
from modelmix.spec import parse_spec

_ASKED: Final = Request(messages=(user("What is 2+2?"),))
"""What a model's dialect is told by: a plain question."""


_ORIGINS: Final[Mapping[Origin, str]] = MappingProxyType(
    {
        "shipped": "the catalogue that modelmix ships",
        "accepted": "a sync, and you accepted it",
        "patch": "a patch",
    }
)


class Access(Node, frozen=True, kw_only=True):
    """A provider, and the key that it wants.

    `variables` may hold the key, `place` says where one is: a variable, or the user's settings. Its value is nowhere
    here. `moved` says that requests go to another host than the provider's own, which gets none of these keys.
    """

    provider: str
    name: str
    variables: tuple[str, ...]
    place: str | None
    required: bool = True
    moved: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it can be asked as it is: its key is there, or it needs none."""
        return not self.required or self.moved or self.place is not None


class Card(Node, frozen=True, kw_only=True):
    """What is known of a model, and of the way to it.

    `trouble` is why it cannot be asked although the catalogue lists it. `entry` is None for a model that it does not.
    """

    spec: str
    entry: Model | None
    access: Access
    source: str
    adaptations: tuple[Adaptation, ...] = ()
    dialect: DialectName | None = None
    base_url: str | None = None
    said_by: str | None = None
    """Who says that it is reached there."""
    trouble: MixError | None = None


def access(provider: str, world: World) -> Outcome[Access]:
    """How a provider, by its id or alias, is got into."""
    found = find_provider(provider, world.config.providers, world.catalog)
    return mapped(found, lambda known: _access(known, world))


def card(text: str, world: World, *, unlisted: bool = False) -> Outcome[Card]:
    """The card of the model that a specification names."""
    # The way to a model does not depend on its key, and nothing is sent.
    aimed = aim(text, world, Aim(api_key=Secret(HIDDEN), unlisted=unlisted))
    if isinstance(aimed, Success):
        return Success(_reached(aimed.unwrap(), world))
    problem = aimed.failure()
    if isinstance(problem, BadSpec | UnknownModel):
        return aimed
    return _unreached(text, world, problem)


def _access(known: Known, world: World) -> Access:
    """A provider as it stands, or one that only the catalogue knows."""
    if isinstance(known, Provider):
        variables, required = known.auth.env, known.auth.required
    else:
        variables, required = key_variables(known), not is_own_server(known)
    return Access(
        provider=known.id,
        name=known.name,
        variables=variables,
        place=key_place(known.id, variables, world.env, stored_keys(known, world.config)),
        required=required,
        moved=not is_at_home(known, world),
    )


def _reached(target: Target, world: World) -> Card:
    provider = target.provider
    return Card(
        spec=f"{provider.id}:{target.model}",
        entry=target.entry,
        access=_access(provider, world),
        source=source_of(provider.id, world.catalog),
        adaptations=target.adaptations,
        dialect=dialect_for(provider, rules_for(provider, target.model), _ASKED),
        base_url=None if provider.launch else target.base_url,
        said_by=_said_by(provider, world),
    )


def _unreached(text: str, world: World, problem: MixError) -> Outcome[Card]:
    """A model that is listed, but cannot be asked."""
    spec = parse_spec(text).unwrap()
    found = world.catalog.find(spec)
    way = access(spec.provider, world)
    if isinstance(found, Failure):
        return Failure(problem) if isinstance(problem, UnknownProvider) and isinstance(way, Failure) else found
    listed = found.unwrap()
    return mapped(
        way,
        lambda known: Card(
            spec=f"{spec.provider}:{listed.model.id}",
            entry=listed.model,
            access=known,
            source=source_of(spec.provider, world.catalog),
            adaptations=(*listed.adaptations, *standing(listed.model)),
            trouble=problem,
        ),
    )


def source_of(provider: str, catalog: Catalog) -> str:
    """Where a provider's entries come from, aside from what patches change about them."""
    if catalog.unpatched(provider) is None:
        found = [each.path for each in catalog.patches.value_or(()) if each.provider == provider]
        return f"the patch {found[-1]}" if found else "nowhere"
    manifest = None if catalog.synced(provider) is None else catalog.manifest
    if manifest is not None:
        return f"synced on {manifest.date[:10]} from {manifest.source}"
    return f"shipped with modelmix ({shipped_manifest().source})"


def _said_by(provider: Provider, world: World) -> str:
    """Who says where a provider is."""
    if provider.launch:
        return "modelmix starts it"
    if provider.base_url_env and world.env.get(provider.base_url_env):
        return provider.base_url_env
    if provider.id in names() and provider.base_url == built_in(provider.id).base_url:
        return "built in"
    told = world.config.sources.get(f"providers.{provider.id}")
    listed = None if told else world.catalog.endpoint(provider.id).value_or(None)
    return told or _ORIGINS["shipped" if listed is None else listed.origin]
