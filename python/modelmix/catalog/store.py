"""Read what a sync has written: without a lock, and past what is damaged, to the generation before it."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import msgspec

from modelmix.catalog.fields import PROVIDER_ID, Flaw
from modelmix.catalog.manifest import NAME, PREVIOUS, UPSTREAM, Entry, Manifest, read, sha256
from modelmix.catalog.record import ProviderRecord, read_document


class Store:
    """The files of a catalogue folder, each read when it is asked for.

    A reader that has begun with one generation stays with it: the one before the present one is kept for that.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def manifest(self) -> Manifest | None:
        """What the newest generation holds that can be read; None where there has been no sync."""
        return next((found for name in (NAME, PREVIOUS) if isinstance(found := self._manifest(name), Manifest)), None)

    @property
    def previous(self) -> Manifest | None:
        """The generation before."""
        found = self._manifest(PREVIOUS)
        return found if isinstance(found, Manifest) else None

    def upstream(self, provider: str) -> ProviderRecord | None:
        """What models.dev said of a provider, of the newest generation in which it is whole; None without any."""
        for name in (NAME, PREVIOUS):
            manifest = self.manifest if name == NAME else self._manifest(name)
            if isinstance(manifest, Manifest) and provider in manifest.files:
                found = self._upstream(manifest, provider, manifest.files[provider])
                if not isinstance(found, Flaw):
                    return found
        return None

    def saved(self, provider: str) -> ProviderRecord | None:
        """A provider as the last sync saved it, with the patches of then; None where it did not, or is damaged."""
        manifest = self.manifest
        if manifest is None or provider not in manifest.files:
            return None
        found = self._file(manifest, f"{provider}.json", manifest.files[provider].sha256)
        return None if isinstance(found, Flaw) else found

    def faults(self) -> Iterator[Flaw]:
        """What is damaged: the path of each such file, and why it cannot be used."""
        manifest = self._manifest(NAME)
        if isinstance(manifest, Flaw):
            yield manifest
        if not isinstance(manifest, Manifest):
            return
        for provider, entry in manifest.files.items():
            found = self._file(manifest, f"{provider}.json", entry.sha256)
            if isinstance(found, Flaw):
                yield found
            if entry.kind == "patched":
                above = self._upstream(manifest, provider, entry)
                if isinstance(above, Flaw):
                    yield above

    def _manifest(self, name: str) -> Manifest | Flaw | None:
        path = self.folder / name
        try:
            return read(path.read_bytes())
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as cause:
            return Flaw(str(path), str(cause))

    def _upstream(self, manifest: Manifest, provider: str, entry: Entry) -> ProviderRecord | Flaw | None:
        match entry.kind:
            case "made":
                return None
            case "plain":
                return self._file(manifest, f"{provider}.json", entry.sha256)
            case "patched":
                return self._file(manifest, f"{UPSTREAM}/{provider}.json", entry.upstream_sha256)

    def _file(self, manifest: Manifest, name: str, expected: str | None) -> ProviderRecord | Flaw:
        path = self.folder / manifest.generation / name
        if not PROVIDER_ID.fullmatch(path.stem):
            return Flaw(str(path), "is no file of a provider")
        try:
            data = path.read_bytes()
            if sha256(data) != expected:
                return Flaw(str(path), "is not what was written: its sha256 differs")
            return read_document(data)
        except (OSError, msgspec.DecodeError) as cause:
            return Flaw(str(path), str(cause))
