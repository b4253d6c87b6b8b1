"""From the URL that a user knows to the places where something may be spoken."""

import pytest

from modelmix.compat.probe.address import base_of, bases, name_of, ranked
from modelmix.decode import DIALECTS, DialectName

HOST = "http://127.0.0.1:8080"

BASES: dict[str, tuple[str, DialectName, tuple[str, ...]]] = {
    "a bare host": (HOST, "openai-chat", (f"{HOST}/v1", HOST)),
    "a version": (f"{HOST}/v1", "openai-chat", (f"{HOST}/v1",)),
    "a version and a slash": (f"{HOST}/v1/", "anthropic-messages", (f"{HOST}/v1",)),
    "another version": (f"{HOST}/api/paas/v4", "openai-chat", (f"{HOST}/api/paas/v4",)),
    "a path": (f"{HOST}/openai", "openai-responses", (f"{HOST}/openai/v1", f"{HOST}/openai")),
    "Google's version is not OpenAI's": (f"{HOST}/v1beta", "openai-chat", (f"{HOST}/v1", f"{HOST}/v1beta")),
    "Google's version": (f"{HOST}/v1beta", "google-generate", (f"{HOST}/v1beta",)),
    "Google at a bare host": (HOST, "google-generate", (f"{HOST}/v1beta",)),
    "Google beside a version": (f"{HOST}/v1", "google-generate", (f"{HOST}/v1beta",)),
    "Ollama beside a version": (f"{HOST}/v1", "ollama-chat", (HOST,)),
    "Ollama by its folder": (f"{HOST}/api", "ollama-chat", (HOST,)),
    "an endpoint that was pasted": (f"{HOST}/v1/chat/completions", "openai-chat", (f"{HOST}/v1",)),
    "an endpoint of Ollama's": (f"{HOST}/api/chat", "ollama-chat", (HOST,)),
}


@pytest.mark.parametrize(("url", "dialect", "expected"), BASES.values(), ids=BASES)
def test_bases(url: str, dialect: DialectName, expected: tuple[str, ...]) -> None:
    assert bases(url, dialect) == expected


FIRST: dict[str, tuple[str, DialectName]] = {
    "a version tells the most common": (f"{HOST}/v1", "openai-chat"),
    "a bare host may be Ollama": (HOST, "ollama-chat"),
    "Google's version": (f"{HOST}/v1beta/", "google-generate"),
    "Ollama's folder": (f"{HOST}/api", "ollama-chat"),
    "an endpoint of Anthropic's": (f"{HOST}/v1/messages", "anthropic-messages"),
    "an endpoint of responses": (f"{HOST}/v1/responses", "openai-responses"),
    "a path that tells nothing": (f"{HOST}/gateway", "openai-chat"),
}


@pytest.mark.parametrize(("url", "first"), FIRST.values(), ids=FIRST)
def test_the_url_tells_which_dialect_is_likeliest(url: str, first: DialectName) -> None:
    found = ranked(url)
    assert found[0] == first
    assert sorted(found) == sorted(DIALECTS)


NAMES = {
    "host and port": (f"{HOST}/v1", "127-0-0-1-8080"),
    "a name": ("https://LLM.example.com/v1", "llm-example-com"),
    "IPv6": ("http://[::1]:11434", "1-11434"),
    "one that is known": ("https://groq/v1", "groq-server"),
}


@pytest.mark.parametrize(("url", "expected"), NAMES.values(), ids=NAMES)
def test_names_come_from_host_and_port_and_mean_no_other_provider(url: str, expected: str) -> None:
    assert name_of(url, frozenset({"groq"})) == expected


def test_an_endpoint_is_cut_off_only_at_the_end() -> None:
    assert base_of("http://models/models/v1/models") == "http://models/models/v1"
