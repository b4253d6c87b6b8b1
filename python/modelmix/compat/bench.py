"""What a run of scenarios is given: the models and what they are asked, where fixtures lie, and what may be spent."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, TypeAlias

from msgspec import field

from modelmix.catalog.catalog import Catalog
from modelmix.compat.ledger import Caps
from modelmix.compat.scenario import Scenario
from modelmix.compat.select import Subject
from modelmix.compat.store import FixtureStore
from modelmix.compat.taken import Taken
from modelmix.config import Config
from modelmix.node import Node
from modelmix.providers.known import find as find_provider
from modelmix.providers.provider import Provider
from modelmix.spec import Spec

Mode: TypeAlias = Literal["replay", "missing", "record"]
"""What is done: check what is kept, record what is not kept yet, or record all of it again."""


class Overhear(Protocol):
    """Is told of the exchanges of each scenario that was asked live, as they came: they hold keys."""

    def __call__(self, spec: Spec, scenario: str, taken: Sequence[Taken]) -> None:
        """Tries that were made again are left out."""


class Bench(Node, frozen=True, kw_only=True):
    """What a run needs besides its models."""

    store: FixtureStore | None
    """Where fixtures lie; None: there are none, and none are kept."""
    mode: Mode = "replay"
    config: Config = Config()
    env: Mapping[str, str] = {}
    catalog: Catalog = field(default_factory=Catalog)
    caps: Caps = Caps()
    concurrency: int = 4
    """Models at a time."""
    overhear: Overhear | None = None


class Job(Node, frozen=True):
    """A model, and what it is asked."""

    subject: Subject
    scenarios: tuple[Scenario, ...]
    imported: tuple[str, ...] = ()
    """The imported exchanges that are judged."""


def is_unlisted(subject: Subject) -> bool:
    """A model of the catalogue is asked as its users ask it: what it lacks is left out, or said in another way."""
    return subject.entry is None


def is_here(spec: Spec, bench: Bench) -> bool:
    """Whether modelmix starts the server of a model itself."""
    provider = provider_of(spec, bench)
    return provider is not None and provider.launch


def provider_of(spec: Spec, bench: Bench) -> Provider | None:
    """The provider, if it has a file or is the user's own."""
    provider = find_provider(spec.provider, bench.config.providers, bench.catalog).value_or(None)
    return provider if isinstance(provider, Provider) else None
