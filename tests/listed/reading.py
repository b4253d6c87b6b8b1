"""Another reading of the catalogue: where requests go, by the data and the documents alone, without the package.

`python -m listed.reading`, run in `tests`, writes `golden/catalog-providers.json` anew, to be looked through before it
is committed: a line is a way to a provider's models, `refused` those that cannot be spoken to.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import msgspec
from msgspec import Struct

ROOT: Final = Path(__file__).parents[2]
DATA: Final = ROOT / "python" / "modelmix" / "catalog" / "data"
FILES: Final = ROOT / "python" / "modelmix" / "providers"
GOLDEN: Final = Path(__file__).parents[1] / "golden" / "catalog-providers.json"

REFUSED: Final = "refused"


class Kind(Struct, frozen=True):
    """How one model is reached."""

    npm: str | None = None
    api: str | None = None
    shape: str | None = None


class Entry(Struct, frozen=True):
    """One model, as far as it is read here."""

    provider: Kind = Kind()


class Record(Struct, frozen=True):
    """One provider in models.dev's JSON, as far as it is read here."""

    id: str
    env: tuple[str, ...]
    models: Mapping[str, Entry]
    npm: str | None = None
    api: str | None = None


class Wire(NamedTuple):
    """How a dialect is sent: the path below the base URL, and the header of the key."""

    path: str
    header: str


WIRES: Final[Mapping[str, Wire]] = MappingProxyType(
    {
        "openai-chat": Wire("/chat/completions", "authorization"),
        "openai-responses": Wire("/responses", "authorization"),
        "anthropic-messages": Wire("/messages", "x-api-key"),
        "google-generate": Wire("/models/{model}:streamGenerateContent?alt=sse", "x-goog-api-key"),
    }
)

# What a package of the AI SDK speaks, and the address it has built in. From the packages' documents.
SPOKEN: Final[Mapping[str, tuple[str, str | None]]] = MappingProxyType(
    {
        "@ai-sdk/openai-compatible": ("openai-chat", None),
        "@ai-sdk/openai": ("openai-responses", None),
        "@ai-sdk/anthropic": ("anthropic-messages", None),
        "@ai-sdk/google": ("google-generate", None),
        "@ai-sdk/deepinfra": ("openai-chat", "https://api.deepinfra.com/v1/openai"),
        "@ai-sdk/gateway": ("openai-chat", "https://ai-gateway.vercel.sh/v1"),
        "@ai-sdk/vercel": ("openai-chat", "https://api.v0.dev/v1"),
        "venice-ai-sdk-provider": ("openai-chat", "https://api.venice.ai/api/v1"),
        "@ai-sdk/cohere": ("openai-chat", "https://api.cohere.ai/compatibility/v1"),
        "@aihubmix/ai-sdk-provider": ("openai-chat", "https://aihubmix.com/v1"),
    }
)

# Signed in to with more than a key; but Claude is served by Foundry as Anthropic serves it.
SIGNED: Final = ("@ai-sdk/google-vertex", "ai-gateway-provider", "@ai-sdk/azure")
AZURE: Final = ("@ai-sdk/azure", "@ai-sdk/anthropic")


def key_of(provider: Record) -> str:
    """The variable that holds the key: the one of the list that is no name, host, account or address."""
    others = ("_NAME", "_HOST", "_ACCOUNT_ID", "_ENDPOINT", "_ACCOUNT", "_BASE_URL")
    (key,) = [variable for variable in provider.env if not variable.endswith(others)]
    return str(key)


def way(provider: Record, model: str) -> str:
    """The way to a model: dialect, URL with its places open, header and variable of the key."""
    kind = provider.models[model].provider
    npm = kind.npm or provider.npm
    if npm is None or npm not in SPOKEN or (provider.npm in SIGNED and (provider.npm, npm) != AZURE):
        return REFUSED
    dialect, built_in = SPOKEN[npm]
    if dialect.startswith("openai") and kind.shape is not None:
        dialect = {"responses": "openai-responses", "completions": "openai-chat"}[kind.shape]
    base = kind.api or provider.api or built_in or ""
    wire = WIRES[dialect]
    url = base.rstrip("/") + ("" if base.endswith(wire.path) else wire.path)
    return f"{dialect} {url} {wire.header} {key_of(provider)}"


def decoded(document: bytes) -> dict[str, Record]:
    """All providers of a document of models.dev."""
    return msgspec.json.decode(document, type=dict[str, Record])


def shipped() -> dict[str, Record]:
    """All providers of the shipped catalogue that have no file of their own."""
    names = sorted(path.stem for path in DATA.glob("*.json") if path.stem != "manifest")
    alone = [name for name in names if not (FILES / f"{name}.toml").exists()]
    return {name: msgspec.json.decode((DATA / f"{name}.json").read_bytes(), type=Record) for name in alone}


def ways(provider: Record) -> list[str]:
    """All ways to a provider's models."""
    return sorted({way(provider, model) for model in provider.models})


if __name__ == "__main__":
    table = {name: ways(provider) for name, provider in shipped().items()}
    GOLDEN.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
