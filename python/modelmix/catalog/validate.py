"""What of a catalogue document is taken: single models and providers are set aside, a broken document whole."""

from collections.abc import Mapping

import msgspec
from returns.result import Failure, Success

from modelmix.catalog.fields import PROVIDER_ID, Flaw, flaw_of, id_flaw, model_record, unfit_text
from modelmix.catalog.record import ModelRecord, ProviderRecord
from modelmix.catalog.strict import Tree, parse_strict, step
from modelmix.errors import FetchFailed
from modelmix.node import Node
from modelmix.outcome import Outcome

_FIELDS = ("name", "env", "api", "npm", "doc")


class Verdict(Node, frozen=True, kw_only=True):
    """The providers that are taken, what was set aside, and models whose own id is not the key they stand under.

    Prices that are not given are unknown, never 0. `held` are the providers, and the models of providers, that are
    listed but were set aside: what was known of them before stays.
    """

    providers: Mapping[str, ProviderRecord]
    held: frozenset[tuple[str, str | None]] = frozenset()
    aside: tuple[Flaw, ...] = ()
    renamed: tuple[Flaw, ...] = ()

    @property
    def models(self) -> int:
        """How many models are taken."""
        return sum(len(record.models) for record in self.providers.values())


def validate(data: bytes, source: str) -> Outcome[Verdict]:
    """What of a document is taken. `source` is where it comes from, for the error where it cannot be read at all."""
    try:
        tree = parse_strict(data)
    except ValueError as cause:
        why = "it is a web page" if data.lstrip()[:1] == b"<" else f"it is no catalogue: {cause}"
        return _refused(source, why)
    if not isinstance(tree, dict):
        return _refused(source, "it is no catalogue: at the top there must be an object of providers")
    providers: dict[str, ProviderRecord] = {}
    aside: dict[tuple[str, str | None], Flaw] = {}
    renamed: list[Flaw] = []
    for name, said in tree.items():
        record = _provider(name, said, aside, renamed)
        if isinstance(record, Flaw):
            aside[name, None] = record.within("$" + step(name))
        else:
            providers[name] = record
    held = frozenset(aside)
    return Success(Verdict(providers=providers, held=held, aside=tuple(aside.values()), renamed=tuple(renamed)))


def _refused(source: str, why: str) -> Failure[FetchFailed]:
    hint = "Check that the address is that of a models.dev catalogue"
    return Failure(FetchFailed(source=source, why=why, hint=hint, kind="data"))


def _provider(
    name: str, said: Tree, aside: dict[tuple[str, str | None], Flaw], renamed: list[Flaw]
) -> ProviderRecord | Flaw:
    """A provider without the models that are set aside."""
    if not PROVIDER_ID.fullmatch(name):
        return Flaw("", "cannot be the id of a provider")
    if not isinstance(said, dict) or not isinstance(models := said.get("models"), dict):
        return Flaw("", "is no provider with models")
    kept: dict[str, Tree] = {key: said[key] for key in _FIELDS if said.get(key) is not None}
    unfit = unfit_text(kept)
    if unfit is not None:
        return unfit
    taken: dict[str, ModelRecord] = {}
    for key, each in models.items():
        path = f"${step(name)}.models{step(key)}"
        record = _model(key, each)
        if isinstance(record, Flaw):
            aside[name, key] = record.within(path)
            continue
        taken[key] = record
        own = each.get("id") if isinstance(each, dict) else None
        if own is not None and own != key:
            renamed.append(Flaw(path, "is listed under another name than its id; the name counts"))
    try:
        return msgspec.structs.replace(msgspec.convert({**kept, "id": name}, ProviderRecord), models=taken)
    except msgspec.ValidationError as cause:
        return flaw_of(cause)


def _model(key: str, said: Tree) -> ModelRecord | Flaw:
    flaw = id_flaw(key)
    own = said.get("id") if isinstance(said, dict) else None
    if flaw is None and own is not None:
        flaw = id_flaw(own) if isinstance(own, str) else "is no text"
    return model_record(key, said) if flaw is None else Flaw("", f"its id {flaw}")
