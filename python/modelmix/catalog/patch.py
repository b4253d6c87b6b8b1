"""Patches: what a user or a project says of models over what models.dev says."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fnmatch import fnmatchcase
from types import MappingProxyType
from typing import Final, TypeAlias

import msgspec
from returns.result import Failure, Success

from modelmix.catalog.fields import PROVIDER_ID, Flaw, flaw_of, id_flaw, model_record, unfit_text
from modelmix.catalog.manifest import sha256
from modelmix.catalog.record import Kind, ModelRecord, ProviderRecord, Rates
from modelmix.catalog.strict import Tree, parse_strict, step
from modelmix.endpoint import check
from modelmix.errors import BadConfig
from modelmix.node import Node
from modelmix.outcome import Outcome
from modelmix.variables import filled

_Words: TypeAlias = "Mapping[str, _Words | None]"
"""The keys that an object may have, each with those of the objects in it."""

_RATES: Final = dict.fromkeys((*Rates.__struct_fields__, "context_over_200k"))
_WORDS: Final[_Words] = MappingProxyType(
    {
        "provider": dict.fromkeys(("id", "name", "api", "env", "npm", "doc")),
        "models": {
            **dict.fromkeys(ModelRecord.__struct_fields__),
            # What models.dev says besides, so that an entry may be copied from there.
            **dict.fromkeys(("family", "open_weights", "reasoning_options", "interleaved", "experimental")),
            "cost": {**_RATES, "unit": None, "tiers": {**_RATES, "tier": {"size": None, "type": None}}},
            "limit": dict.fromkeys(("context", "input", "output")),
            "modalities": dict.fromkeys(("input", "output")),
            "provider": dict.fromkeys(Kind.__struct_fields__),
        },
        "exclude": None,
    }
)
_UNITS: Final = MappingProxyType({"1M": 1, "1K": 1000})


class Patch(Node, frozen=True, kw_only=True):
    """One patch file. `project` says that it lies beside a project's settings, so that others may have written it."""

    path: str
    sha256: str
    project: bool
    provider: str
    table: Mapping[str, Tree]
    """What it says of the provider; null deletes."""
    models: tuple[tuple[str, Mapping[str, Tree]], ...] = ()
    exclude: tuple[str, ...] = ()


def read_patch(data: bytes, path: str, *, project: bool) -> Outcome[Patch]:
    """The patch in a file; what is wrong with it is told with its place in the file."""
    try:
        tree = parse_strict(data)
    except ValueError as cause:
        return Failure(BadConfig(where=path, detail=str(cause)))
    found = _patch(tree, path, sha256(data), project=project)
    if isinstance(found, Flaw):
        return Failure(BadConfig(where=path, detail=f"${found.path}: {found.why}"))
    return Success(found)


def apply(record: ProviderRecord | None, patches: Iterable[Patch]) -> ProviderRecord | None:
    """A provider with what patches say of it: first they exclude, then they add and change; the later one wins.

    Objects are merged, arrays replaced, and null deletes.
    """
    for patch in patches:
        record = _patched(record or ProviderRecord(id=patch.provider), patch)
    return record


def _patched(record: ProviderRecord, patch: Patch) -> ProviderRecord:
    models = {name: each for name, each in record.models.items() if not _is_excluded(name, patch.exclude)}
    for name, said in patch.models:
        before: Tree = _tree(models[name]) if name in models else {}
        merged = model_record(name, _merged(before, said), patch=True)
        # Both halves are sound, field by field, and so is what they make.
        assert isinstance(merged, ModelRecord), merged
        models[name] = merged
    told = _merged(_tree(msgspec.structs.replace(record, models={})), patch.table)
    return msgspec.structs.replace(msgspec.convert(told, ProviderRecord), models=models)


def _is_excluded(name: str, patterns: Iterable[str]) -> bool:
    return any(name == pattern or fnmatchcase(name, pattern) for pattern in patterns)


def _tree(record: ModelRecord | ProviderRecord) -> dict[str, Tree]:
    tree: dict[str, Tree] = msgspec.to_builtins(record, builtin_types=(Decimal,))
    return tree


def _merged(below: Tree, above: Mapping[str, Tree]) -> dict[str, Tree]:
    merged = dict(below) if isinstance(below, dict) else {}
    for key, said in above.items():
        if said is None:
            merged.pop(key, None)
        else:
            merged[key] = _merged(merged.get(key), said) if isinstance(said, dict) else said
    return merged


def _patch(tree: Tree, path: str, digest: str, *, project: bool) -> Patch | Flaw:
    unknown = _unknown(tree, _WORDS, "")
    if unknown is not None:
        return unknown
    assert isinstance(tree, dict)
    table, models, exclude = tree.get("provider"), tree.get("models") or [], tree.get("exclude") or []
    if not isinstance(table, dict):
        return Flaw(".provider", "is missing: an object with the provider's `id`")
    provider = table.get("id")
    if not isinstance(provider, str) or not PROVIDER_ID.fullmatch(provider):
        return Flaw(".provider.id", "must be the id of a provider: small letters, digits, `.`, `_`, `-`")
    flaw = _table_flaw(table)
    if flaw is not None:
        return flaw.within(".provider")
    read = _models(models)
    if isinstance(read, Flaw):
        return read.within(".models")
    if not isinstance(exclude, list) or not all(isinstance(each, str) for each in exclude):
        return Flaw(".exclude", "must be an array of ids and globs")
    excluded = tuple(each for each in exclude if isinstance(each, str))
    return Patch(
        path=path, sha256=digest, project=project, provider=provider, table=table, models=read, exclude=excluded
    )


def _unknown(tree: Tree, words: _Words, path: str) -> Flaw | None:
    """The first key that means nothing: a slip of the finger would otherwise do nothing, in silence."""
    if isinstance(tree, list) and path:
        found = (_unknown(each, words, f"{path}[{place}]") for place, each in enumerate(tree))
        return next((flaw for flaw in found if flaw is not None), None)
    if not isinstance(tree, dict):
        return Flaw(path, "must be an object") if tree is not None else None
    for key, said in tree.items():
        if key not in words:
            return Flaw(path + step(key), f"is unknown here; known are {', '.join(sorted(words))}")
        inner = words[key]
        flaw = None if inner is None else _unknown(said, inner, path + step(key))
        if flaw is not None:
            return flaw
    return None


def _table_flaw(table: Mapping[str, Tree]) -> Flaw | None:
    said = {key: each for key, each in table.items() if each is not None}
    try:
        record = msgspec.convert(said, ProviderRecord)
    except msgspec.ValidationError as cause:
        return flaw_of(cause)
    return unfit_text(said) or _url_flaw(record.api)


def _url_flaw(url: str | None) -> Flaw | None:
    checked = check(filled(url)) if url is not None else None
    error = checked.failure() if isinstance(checked, Failure) else None
    return Flaw(".api", error.detail) if isinstance(error, BadConfig) else None


def _models(said: Tree) -> tuple[tuple[str, Mapping[str, Tree]], ...] | Flaw:
    if not isinstance(said, list):
        return Flaw("", "must be an array of models")
    models: dict[str, Mapping[str, Tree]] = {}
    for place, each in enumerate(said):
        model = _model(each)
        if isinstance(model, Flaw):
            return model.within(f"[{place}]")
        name, table = model
        if name in models:
            return Flaw(f"[{place}].id", "is the id of an earlier model as well")
        models[name] = table
    return tuple(models.items())


def _model(said: Tree) -> tuple[str, Mapping[str, Tree]] | Flaw:
    name = said.get("id") if isinstance(said, dict) else None
    if not isinstance(said, dict) or not isinstance(name, str):
        return Flaw(".id", "is missing")
    flaw = id_flaw(name)
    if flaw is not None:
        return Flaw(".id", flaw)
    scaled = _scaled(said)
    if isinstance(scaled, Flaw):
        return scaled
    record = model_record(name, _merged({}, scaled), patch=True)
    if isinstance(record, Flaw):
        return record
    flawed = None if record.provider is None else _url_flaw(record.provider.api)
    return flawed.within(".provider") if flawed else (name, scaled)


def _scaled(said: Mapping[str, Tree]) -> dict[str, Tree] | Flaw:
    """The model with its prices per million tokens, whatever the unit that they are written in."""
    cost = said.get("cost")
    if not isinstance(cost, dict) or "unit" not in cost:
        return dict(said)
    unit = cost["unit"]
    if not isinstance(unit, str) or unit not in _UNITS:
        return Flaw(".cost.unit", 'must be "1M" or "1K", the tokens that a price is for')
    return {**said, "cost": _times({key: rate for key, rate in cost.items() if key != "unit"}, _UNITS[unit])}


def _times(cost: Mapping[str, Tree], factor: int) -> dict[str, Tree]:
    scaled: dict[str, Tree] = {}
    for key, rate in cost.items():
        match rate:
            case bool():
                scaled[key] = rate
            case int() | Decimal():
                scaled[key] = rate * factor
            case list():
                scaled[key] = [_times(tier, factor) if isinstance(tier, dict) else tier for tier in rate]
            case _:
                scaled[key] = rate
    return scaled
