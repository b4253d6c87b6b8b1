"""Who may say where a provider's requests, and so its keys, go.

What modelmix has a file of, and what the user's settings describe, is settled there. Everything else is where the
shipped catalogue says, what was accepted, or what a patch says, the later over the earlier. A sync never says it: it
brings models, and of those that live on the same host their dialect.
"""

from collections.abc import Iterable, Mapping

from msgspec.structs import replace

from modelmix.catalog.endpoint import Endpoint, kinds_of
from modelmix.catalog.patch import Patch
from modelmix.catalog.record import Kind, ProviderRecord
from modelmix.catalog.strict import Tree
from modelmix.variables import first_foreign, placeholders

_NPM = "@ai-sdk/openai-compatible"
"""What a new provider speaks unless it says so: what nearly all do."""


def hosts(record: ProviderRecord | Endpoint) -> frozenset[str]:
    """All base URLs of a provider, those of single models among them."""
    kinds = record.kinds.values() if isinstance(record, Endpoint) else kinds_of(record).values()
    return frozenset(api.rstrip("/") for api in (record.api, *(kind.api for kind in kinds)) if api is not None)


def settled_flaw(patch: Patch, urls: frozenset[str], env: frozenset[str]) -> str | None:
    """Why a patch may not say what it says of a provider that is settled at `urls` with `env`; None where it may."""
    said = (patch.table.get("api"), *(kind.get("api") for _, kind in _patched_kinds(patch)))
    moves = {url.rstrip("/") for url in said if isinstance(url, str)} - urls
    if not moves and set(_texts(patch.table.get("env")) or ()) <= env:
        return None
    name = patch.provider
    why = "its host and key variables come from modelmix or your settings, and from no patch"
    return f"$.provider: {name} is settled: {why}; say it in [providers.{name}] of the settings"


def foreign(endpoint: Endpoint, base: Endpoint | None, owners: Mapping[str, frozenset[str]]) -> str | None:
    """The first variable of an endpoint that belongs to somebody else, and why; None without any.

    `base` is where the provider is without the project: its own variables are the user's, and no project's.
    """
    in_urls = [name for url in sorted(hosts(endpoint)) for name in placeholders(url)]
    if not endpoint.project:
        return first_foreign((*endpoint.env, *in_urls), endpoint.id, owners)
    theirs = owners if base is None else {**owners, **dict.fromkeys(base.env, frozenset({base.id}))}
    return first_foreign((*endpoint.env, *in_urls), "", theirs)


def patched(base: Endpoint | None, patches: Iterable[Patch]) -> Endpoint | None:
    """An endpoint with what patches say of it.

    A project that sends a provider elsewhere gets none of the variables that hold its key: they are the user's.
    """
    for patch in patches:
        base = _patched(base, patch)
    return base


def _patched(base: Endpoint | None, patch: Patch) -> Endpoint | None:
    table, kinds = patch.table, _patched_kinds(patch)
    if base is None and not isinstance(table.get("api"), str):
        return None
    known = base or Endpoint(id=patch.provider, name=patch.provider, api=None, env=(), npm=_NPM, kinds={})
    changed = replace(
        known,
        name=_text(table, "name", known.name) or known.id,
        api=_text(table, "api", known.api),
        env=(_texts(table["env"]) or ()) if "env" in table else known.env,
        npm=_text(table, "npm", known.npm),
        kinds={**known.kinds, **{name: _kind(known.kinds.get(name), said) for name, said in kinds}},
    )
    moved = not hosts(changed) <= hosts(known)
    if not moved and changed.env == known.env:
        return changed
    if patch.project and base is not None and "env" not in table:
        changed = replace(changed, env=())
    return replace(changed, origin="patch", project=known.project or patch.project)


def with_models(endpoint: Endpoint, synced: ProviderRecord | None) -> Endpoint:
    """The endpoint with the dialects of models that a sync brought, where their hosts are trusted anyway."""
    if synced is None:
        return endpoint
    trusted = hosts(endpoint)
    fresh = {
        name: kind
        for name, kind in kinds_of(synced).items()
        if name not in endpoint.kinds and (kind.api is None or kind.api in trusted)
    }
    return replace(endpoint, kinds={**endpoint.kinds, **fresh}) if fresh else endpoint


def _patched_kinds(patch: Patch) -> list[tuple[str, Mapping[str, Tree]]]:
    return [(name, said) for name, table in patch.models if isinstance(said := table.get("provider"), dict)]


def _kind(known: Kind | None, said: Mapping[str, Tree]) -> Kind:
    before = known or Kind()
    return Kind(
        npm=_text(said, "npm", before.npm), api=_text(said, "api", before.api), shape=_text(said, "shape", before.shape)
    )


def _text(table: Mapping[str, Tree], key: str, before: str | None) -> str | None:
    """What a table says, null deleting, else what was there before."""
    said = table.get(key, before)
    return said if isinstance(said, str) else None


def _texts(said: Tree) -> tuple[str, ...] | None:
    return tuple(each for each in said if isinstance(each, str)) if isinstance(said, list) else None
