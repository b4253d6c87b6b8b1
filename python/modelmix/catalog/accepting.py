"""Accept a provider that a sync brought, or that it places elsewhere: what the user was shown is pinned."""

from datetime import datetime
from pathlib import Path

from returns.result import Failure, Success

from modelmix.catalog.accepted import acceptance, path_of, written
from modelmix.catalog.catalog import Catalog
from modelmix.catalog.endpoint import endpoint_of
from modelmix.catalog.lock import locked
from modelmix.catalog.record import ProviderRecord
from modelmix.catalog.sync import PATIENCE
from modelmix.catalog.trust import foreign, hosts
from modelmix.catalog.writing import replace_file
from modelmix.endpoint import check
from modelmix.errors import BadRequest
from modelmix.outcome import Outcome, mapped
from modelmix.variables import filled


def offered(catalog: Catalog, provider: str) -> Outcome[ProviderRecord]:
    """What accepting a provider would pin, if it may be accepted at all."""
    if catalog.is_settled(provider):
        return _refused(provider, "one that neither modelmix nor the settings describe; change it in the settings")
    record = catalog.synced(provider)
    if record is None:
        return _refused(provider, "a provider that the last sync brought")
    endpoint = endpoint_of(record)
    why = foreign(endpoint, None, catalog.owners())
    if why is not None:
        return _refused(provider, f"one with variables of its own ({why})")
    for url in sorted(hosts(endpoint)):
        if isinstance(check(filled(url)), Failure):
            return _refused(provider, f"one that is reached by https ({url!a} is not)")
    return Success(record)


def accept(catalog: Catalog, folder: Path, record: ProviderRecord, now: datetime) -> Outcome[Path]:
    """Pins a provider as it was offered; the file that says so."""
    manifest = catalog.manifest
    path = path_of(folder, record.id)
    if path is None:
        return _refused(record.id, "the id of a provider")
    said = acceptance(record, now.isoformat(timespec="seconds"), "" if manifest is None else manifest.source)
    return locked(folder, PATIENCE, lambda: mapped(replace_file(path, written(said)), lambda _: path))


def _refused(provider: str, expected: str) -> Failure[BadRequest]:
    return Failure(BadRequest(field="accept-provider", value=provider, expected=expected))
