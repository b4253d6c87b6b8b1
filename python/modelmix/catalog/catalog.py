"""Which models are known: what modelmix ships, over it what a sync brought, over both the patches."""

from returns.result import Failure, Success

from modelmix.ast.model import Model
from modelmix.catalog.endpoint import Endpoint, endpoint_of
from modelmix.catalog.find import Found, is_served, look_up, nearest
from modelmix.catalog.record import ProviderRecord, model
from modelmix.catalog.shipped import shipped_providers, shipped_record
from modelmix.errors import UnknownModel
from modelmix.outcome import Outcome, and_then, mapped
from modelmix.spec import Spec


class Catalog:
    """The models of all providers, each provider's read when it is first asked for.

    Reading fails, with the file and the place in it, where a patch is malformed.
    """

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[str, ProviderRecord | None] = {}

    def providers(self) -> Outcome[tuple[str, ...]]:
        """The ids of all providers, sorted."""
        return Success(tuple(sorted(shipped_providers())))

    def record(self, provider: str) -> Outcome[ProviderRecord | None]:
        """What is known of a provider; None where that is nothing."""
        if provider not in self._known:
            self._known[provider] = shipped_record(provider)
        return Success(self._known[provider])

    def endpoint(self, provider: str) -> Outcome[Endpoint | None]:
        """Where a provider is reached that modelmix has no file of; None where nobody who may say so does."""
        known = shipped_record(provider)
        return Success(None if known is None else endpoint_of(known))

    def models(self, provider: str) -> Outcome[tuple[Model, ...]]:
        """All models of a provider, by id."""
        return mapped(self.record(provider), lambda known: _models(provider, known))

    def find(self, spec: Spec) -> Outcome[Found]:
        """The model of that name, or the newest dated model whose name begins with it; else the nearest names."""
        return and_then(self.record(spec.provider), lambda known: _found(spec, known))

    def find_known(self, spec: Spec) -> Outcome[Found | None]:
        """As `find`, without the nearest names: looking for those takes longer than most of a call."""
        return mapped(self.record(spec.provider), lambda known: look_up(spec, known))


def _models(provider: str, known: ProviderRecord | None) -> tuple[Model, ...]:
    return () if known is None else tuple([model(provider, known.models[name]) for name in sorted(known.models)])


def _found(spec: Spec, known: ProviderRecord | None) -> Outcome[Found]:
    found = look_up(spec, known)
    if found is not None:
        return Success(found)
    names = () if known is None else tuple([name for name, entry in known.models.items() if is_served(entry)])
    near = nearest(spec.model, names)
    return Failure(UnknownModel(spec=str(spec), provider=spec.provider, near=near, total=len(names)))
