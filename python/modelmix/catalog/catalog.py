"""Which models are known: what modelmix ships, over it what a sync brought, over both the patches."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from returns.result import Failure, Success

from modelmix.ast.model import Model
from modelmix.catalog.accepted import accepted
from modelmix.catalog.endpoint import Endpoint, endpoint_of
from modelmix.catalog.fields import Flaw
from modelmix.catalog.find import Found, is_served, look_up, nearest
from modelmix.catalog.manifest import Manifest
from modelmix.catalog.owners import own_endpoints, owners_of
from modelmix.catalog.patch import Patch, apply
from modelmix.catalog.patches import read_patches
from modelmix.catalog.record import ProviderRecord, model
from modelmix.catalog.shipped import shipped_providers, shipped_record
from modelmix.catalog.store import Store
from modelmix.catalog.trust import foreign, hosts, patched, settled_flaw, with_models
from modelmix.errors import BadConfig, NoEndpoint, UnknownModel
from modelmix.outcome import Outcome, and_then, collect, mapped
from modelmix.providers.load import built_in, key_owners, names
from modelmix.providers.provider import Provider
from modelmix.spec import Spec

T = TypeVar("T")


class Catalog:
    """The models of all providers, each provider's read when it is first asked for.

    `folder` is where a sync writes, `patches` are the folders of patches with whether they are a project's, the
    stronger ones last; `settled` are the providers that settings describe. Reading fails, with the file and the place
    in it, where a patch is malformed.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        patches: Iterable[tuple[Path, bool]] = (),
        settled: Mapping[str, Provider] = MappingProxyType({}),
    ) -> None:
        self.folder = folder
        self._folders = tuple(patches)
        self._settled = settled
        self._store = None if folder is None else Store(folder)
        self._known: dict[str, ProviderRecord | None] = {}

    def reread(self) -> "Catalog":
        """The same catalogue, knowing nothing yet of what its files say."""
        return Catalog(self.folder, patches=self._folders, settled=self._settled)

    @property
    def store(self) -> Store | None:
        """What a sync has written, as it lies in its folder."""
        return self._store

    @property
    def manifest(self) -> Manifest | None:
        """What the sync that is in force has written; None where there was none."""
        return None if self._store is None else self._store.manifest

    @cached_property
    def patches(self) -> Outcome[tuple[Patch, ...]]:
        """All patches in force, the stronger ones last."""
        return and_then(read_patches(self._folders), self._checked)

    def providers(self) -> Outcome[tuple[str, ...]]:
        """The ids of all providers, sorted."""
        return mapped(
            self.patches, lambda found: tuple(sorted({*self.unpatched_providers(), *(each.provider for each in found)}))
        )

    def record(self, provider: str) -> Outcome[ProviderRecord | None]:
        """What is known of a provider; None where that is nothing.

        Its models count. Where it is reached is said by `endpoint` alone: a sync may have brought another host here.
        """
        if provider in self._known:
            return Success(self._known[provider])
        return mapped(self.patches, lambda found: self._read(provider, found))

    def endpoint(self, provider: str) -> Outcome[Endpoint | None]:
        """Where a provider is reached that modelmix has no file of; None where nobody who may say so does."""
        shipped = _endpoint(shipped_record(provider))
        if self.is_settled(provider):
            return mapped(self.patches, lambda _: shipped)
        return mapped(
            self._patched_endpoint(provider), lambda found: found and with_models(found, self.synced(provider))
        )

    def waiting(self, provider: str) -> Outcome[ProviderRecord | None]:
        """A provider that a sync brought and that cannot be used before it is accepted; None where there is none."""
        synced = self.synced(provider)
        if synced is None or self.is_settled(provider):
            return Success(None)
        return mapped(self.endpoint(provider), lambda found: synced if found is None else None)

    def unpatched_providers(self) -> frozenset[str]:
        """The ids of the providers that no patch has made."""
        manifest = self.manifest
        if manifest is None:
            return shipped_providers()
        synced = (name for name, entry in manifest.files.items() if entry.kind != "made")
        return (shipped_providers() - {*manifest.pruned}) | {*synced}

    def unpatched(self, provider: str) -> ProviderRecord | None:
        """What a sync brought of a provider, else what modelmix ships of it."""
        manifest = self.manifest
        if manifest is not None and provider in manifest.pruned:
            return None
        return self.synced(provider) or shipped_record(provider)

    def synced(self, provider: str) -> ProviderRecord | None:
        """What a sync brought of a provider, without the patches; None where it brought nothing."""
        return None if self._store is None else self._store.upstream(provider)

    def trusted(self, provider: str) -> Endpoint | None:
        """Where a provider is that no patch speaks of: what was accepted, else what modelmix ships."""
        pinned = None if self.folder is None else accepted(self.folder, provider)
        return pinned or _endpoint(shipped_record(provider))

    def is_settled(self, provider: str) -> bool:
        """Whether modelmix or the settings say where a provider is, and nobody else may."""
        return provider in self._settled or provider in names()

    def owners(self) -> Mapping[str, frozenset[str]]:
        """The variables that hold keys, each with the providers whose key it is."""
        return self._owners(self.patches.value_or(()))

    def faults(self) -> tuple[Flaw, ...]:
        """Files of a sync that are damaged, and why; what was there before is used instead of them."""
        return () if self._store is None else tuple(self._store.faults())

    def models(self, provider: str) -> Outcome[tuple[Model, ...]]:
        """All models of a provider, by id."""
        return mapped(self.record(provider), lambda known: _models(provider, known))

    def find(self, spec: Spec) -> Outcome[Found]:
        """The model of that name, or the newest dated model whose name begins with it; else the nearest names."""
        return and_then(self.record(spec.provider), lambda known: _found(spec, known))

    def find_known(self, spec: Spec) -> Outcome[Found | None]:
        """As `find`, without the nearest names: looking for those takes longer than most of a call."""
        return mapped(self.record(spec.provider), lambda known: look_up(spec, known))

    def _read(self, provider: str, patches: tuple[Patch, ...]) -> ProviderRecord | None:
        found = apply(self.unpatched(provider), (each for each in patches if each.provider == provider))
        self._known[provider] = found
        return found

    def _patched_endpoint(self, provider: str) -> Outcome[Endpoint | None]:
        base = self.trusted(provider)
        return mapped(self.patches, lambda found: patched(base, (each for each in found if each.provider == provider)))

    def _checked(self, found: tuple[Patch, ...]) -> Outcome[tuple[Patch, ...]]:
        """The patches, if none of them sends a key where it does not belong, and none lacks what it needs."""
        by_provider: dict[str, list[Patch]] = {}
        for patch in found:
            by_provider.setdefault(patch.provider, []).append(patch)
        return mapped(collect([self._fits(*each, found) for each in by_provider.items()]), lambda _: found)

    def _owners(self, patches: tuple[Patch, ...]) -> Mapping[str, frozenset[str]]:
        return owners_of(own_endpoints(self.folder, patches).values(), key_owners(self._settled))

    def _fits(self, provider: str, patches: list[Patch], every: tuple[Patch, ...]) -> Outcome[None]:
        if self.is_settled(provider):
            urls, env = self._settlement(provider)
            return _first(patches, lambda patch: settled_flaw(patch, urls, env))
        base = patched(self.trusted(provider), (each for each in patches if not each.project))
        endpoint = patched(base, (each for each in patches if each.project))
        if endpoint is None:
            known = provider in self.unpatched_providers()
            return Success(None) if known else Failure(NoEndpoint(provider=provider, path=patches[-1].path))
        if endpoint.origin != "patch":
            return Success(None)
        # What a user's patches claim binds a project's, and not themselves.
        why = foreign(endpoint, base, self._owners(every if endpoint.project else ()))
        return Success(None) if why is None else Failure(BadConfig(where=patches[-1].path, detail=f"$.provider: {why}"))

    def _settlement(self, provider: str) -> tuple[frozenset[str], frozenset[str]]:
        """The base URLs and the key variables of a provider that is settled."""
        row = self._settled.get(provider) or built_in(provider)
        shipped = shipped_record(provider)
        urls = {row.base_url.rstrip("/"), *(() if shipped is None else hosts(shipped))}
        return frozenset(urls), frozenset(chain(row.auth.env, () if shipped is None else shipped.env))


def _first(patches: Iterable[Patch], flaw_in: Callable[[Patch], str | None]) -> Outcome[None]:
    found = ((patch, flaw) for patch in patches if (flaw := flaw_in(patch)) is not None)
    flawed = next(found, None)
    return Success(None) if flawed is None else Failure(BadConfig(where=flawed[0].path, detail=flawed[1]))


def _endpoint(record: ProviderRecord | None) -> Endpoint | None:
    return None if record is None else endpoint_of(record)


def _models(provider: str, known: ProviderRecord | None) -> tuple[Model, ...]:
    return () if known is None else tuple([model(provider, known.models[name]) for name in sorted(known.models)])


def _found(spec: Spec, known: ProviderRecord | None) -> Outcome[Found]:
    found = look_up(spec, known)
    if found is not None:
        return Success(found)
    names = () if known is None else tuple([name for name, entry in known.models.items() if is_served(entry)])
    near = nearest(spec.model, names)
    return Failure(UnknownModel(spec=str(spec), provider=spec.provider, near=near, total=len(names)))
