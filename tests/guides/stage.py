"""What stands in for the world while a page is run: providers, the list of models, and free ports.

The reader of a page sees none of it: the hosts of a page are replaced where they are written, and put back where they
are printed.
"""

import json
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from fakes.replies import body
from fakes.server import FaultServer, free_port
from modelmix.testing import MockProvider, Rule

OPENAI: Final = "https://api.openai.com"

HOSTS: Final[Mapping[str, str]] = {
    "openai": OPENAI,
    "anthropic": "https://api.anthropic.com",
    "google": "https://generativelanguage.googleapis.com",
    "acme": "https://llm.acme.example",
    "local": "http://127.0.0.1:8080",
}
"""The providers that pages speak to, and where they are."""

KEYS: Final = {
    "OPENAI_API_KEY": "key-of-openai",
    "ANTHROPIC_API_KEY": "key-of-anthropic",
    "GEMINI_API_KEY": "key-of-google",
    "ACME_API_KEY": "key-of-acme",
}

CATALOG: Final = "https://models.dev"
_DATA: Final = Path(__file__).parents[2] / "python" / "modelmix" / "catalog" / "data"

NEWCOMER: Final = {
    "id": "newcomer",
    "name": "Newcomer",
    "npm": "@ai-sdk/openai-compatible",
    "api": "https://llm.acme.example/v1",
    "env": ["NEWCOMER_API_KEY"],
    "models": {"large": {"id": "large", "name": "Large"}},
}
"""A provider that only the next list has."""

_NOWHERE: Final = "http://127.0.0.1:9"
"""Where a request that would leave this machine goes instead: the port that discards, where nobody listens."""


@dataclass
class Stage:
    """The stand-ins while they run."""

    providers: Mapping[str, MockProvider]
    names: dict[str, str]
    """What is written in pages, and what it is called here."""
    ports: dict[str, str] = field(default_factory=dict[str, str])

    def play(self, rules: tuple[Rule, ...]) -> None:
        """What all providers answer from now on; what they were asked is forgotten."""
        for provider in self.providers.values():
            provider.play(*rules)

    @property
    def asked(self) -> int:
        """How often a provider has been asked."""
        return sum(len(provider.requests) for provider in self.providers.values())

    def serve(self, port: str) -> int:
        """The free port that stands for one that a page names."""
        self.ports.setdefault(port, str(free_port()))
        return int(self.ports[port])

    def here(self, text: str) -> str:
        """A text of a page, as it is run."""
        for written, real in (*self.names.items(), *self.ports.items()):
            text = text.replace(written, real)
        return text

    def there(self, text: str) -> str:
        """What came of it, as it would stand in a page."""
        for written, real in (*self.names.items(), *self.ports.items()):
            text = text.replace(real, written)
        return text

    @property
    def settings(self) -> str:
        """The user's settings, which send what is for providers to those that stand in for them."""
        here = {name: self.providers[name].url(name) for name in HOSTS if name != "acme"}
        tables = [f'[providers.{name}]\nbase_url = "{url}"\n' for name, url in here.items()]
        return "\n".join(tables) + "launch = false\n"

    @property
    def environment(self) -> dict[str, str]:
        """Keys, and proxies that lead nowhere."""
        proxies = {"HTTP_PROXY": _NOWHERE, "HTTPS_PROXY": _NOWHERE, "NO_PROXY": "127.0.0.1,localhost"}
        return {**KEYS, **proxies}


@contextmanager
def stage() -> Generator[Stage]:
    """All stand-ins, on this machine."""
    with ExitStack() as open_:
        providers = {name: open_.enter_context(MockProvider()) for name in HOSTS}
        catalog = open_.enter_context(FaultServer(body(_newer(), "application/json")))
        names = {host: providers[name].root for name, host in HOSTS.items()}
        yield Stage(providers, {**names, CATALOG: catalog.url.removesuffix("/v1")})


def _newer() -> bytes:
    """The list of models as models.dev has it the next day: that which ships, a new model, and a new provider."""
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(_DATA.glob("*.json"))}
    del texts["manifest"]
    texts["openai"] = texts["openai"].replace('"models": {', '"models": {"gpt-next": {"id": "gpt-next"}, ', 1)
    texts["newcomer"] = json.dumps(NEWCOMER)
    return ("{" + ", ".join(f'"{name}": {text}' for name, text in texts.items()) + "}").encode()
