"""Every golden file: the request it names, planned for its provider, is what the file says, byte for meaning.

The files are written by hand from the providers' documents and from recorded traffic, never from what this package
does; `fact` says what a file shows. One file is one case: a request of `builders`, a model, and the HTTP request that
must come of it, with the key hidden, and every adaptation that must be told.
"""

from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec
import pytest
from msgspec import Struct
from returns.result import Success

from golden.builders import BUILDERS
from modelmix.ast.request import Request
from modelmix.call import Call, Target, plan
from modelmix.client import Client
from modelmix.config import Config
from modelmix.decode import DialectName
from modelmix.providers.load import built_in, names
from modelmix.secret import Secret

FOLDER: Final = Path(__file__).parent
FILES: Final = tuple(sorted(FOLDER.glob("*/*.json")))
KEY: Final = "sk-golden-0123456789abcdef"

COMMON: Final = frozenset(
    {
        "system_and_user",
        "conversation",
        "image_bytes",
        "image_url",
        "tools",
        "tool_named",
        "tool_none",
        "tool_history",
        "any_json",
        "shaped",
        "sampling",
        "effort",
        "stream",
        "extra",
    }
)
"""What every provider is asked."""

UNSAID: Final = MappingProxyType({"ollama": frozenset({"image_url"})})
"""What the dialect of a provider cannot say; its own tests show the error."""


class Change(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """An adaptation; `into` where it is a word of the wire and not one of ours."""

    field: str
    action: str
    into: str | None = None


class Golden(Struct, forbid_unknown_fields=True):
    """One file."""

    fact: str
    request: str
    model: str
    method: str
    url: str
    headers: dict[str, str]
    body: dict[str, object]
    adaptations: list[Change]
    dialect: DialectName | None = None
    """The dialect to speak, where it is not the one that the model is known for."""


def read(path: Path) -> Golden:
    return msgspec.json.decode(path.read_bytes(), type=Golden)


def planned(provider: str, model: str, request: Request, *, key: bool, dialect: DialectName | None = None) -> Call:
    row = built_in(provider)
    secret = Secret(KEY) if key else None
    target = Target(provider=row, model=model, base_url=row.base_url, key=secret, dialect=dialect)
    return plan(request, target).unwrap()


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}-{path.stem}" for path in FILES])
def test_a_request_is_what_the_documents_say(path: Path) -> None:
    golden = read(path)
    keyed = built_in(path.parent.name).auth.header in golden.headers
    call = planned(path.parent.name, golden.model, BUILDERS[golden.request], key=keyed, dialect=golden.dialect)
    assert (call.method, call.url) == (golden.method, golden.url)
    assert dict(call.shown_headers) == golden.headers
    assert msgspec.json.decode(call.body) == golden.body
    assert [(told.field, told.action) for told in call.adaptations] == [
        (told.field, told.action) for told in golden.adaptations
    ]
    assert {(told.field, told.into) for told in golden.adaptations if told.into} <= {
        (told.field, told.into) for told in call.adaptations
    }
    assert all(change.why for change in call.adaptations)
    assert KEY.encode() not in call.body
    assert KEY not in str(call.shown_headers)


def test_every_provider_has_every_common_case() -> None:
    assert {path.parent.name for path in FILES} == set(names())
    for name in names():
        assert {path.stem for path in FILES if path.parent.name == name} >= COMMON - UNSAID.get(name, frozenset()), name
    assert {path.stem.removeprefix("responses_") for path in FILES if path.stem.startswith("responses_")} >= COMMON


def test_every_builder_is_used() -> None:
    assert {read(path).request for path in FILES} == set(BUILDERS)


@pytest.mark.parametrize("name", names())
def test_a_client_plans_the_same_request(name: str) -> None:
    golden = read(FOLDER / name / "conversation.json")
    env = dict.fromkeys(built_in(name).auth.env, KEY)
    with Client(env=env, config=Config()) as client:
        messages = BUILDERS[golden.request].messages
        call = client.plan(f"{name}:{golden.model}", messages, unlisted=True).unwrap()
    limit = call.target.entry.limits.output if call.target.entry else None
    # Golden files know no catalogue: where a bound must be given, it is the model's once that is known.
    bound = {"max_tokens": limit} if limit and "max_tokens" in golden.body else {}
    assert msgspec.json.decode(call.body) == {**golden.body, **bound}
    assert call.url == golden.url


FAMILIES = {
    # model: (the name of max_tokens, sampling is kept, stop is kept, the role of a system message)
    "gpt-4o": ("max_tokens", True, True, "system"),
    "gpt-4o-mini": ("max_tokens", True, True, "system"),
    "gpt-4.1": ("max_tokens", True, True, "system"),
    "gpt-3.5-turbo": ("max_tokens", True, True, "system"),
    "chatgpt-4o-latest": ("max_tokens", True, True, "system"),
    "gpt-5-chat-latest": ("max_tokens", True, True, "system"),
    "gpt-oss-120b": ("max_tokens", True, True, "system"),
    "openai/gpt-oss-120b": ("max_tokens", True, True, "system"),
    "omni-moderation-latest": ("max_tokens", True, True, "system"),
    "o1": ("max_completion_tokens", False, True, "developer"),
    "o1-2024-12-17": ("max_completion_tokens", False, True, "developer"),
    "o1-pro": ("max_completion_tokens", False, True, "developer"),
    "o1-mini": ("max_completion_tokens", False, True, "user"),
    "o1-preview": ("max_completion_tokens", False, True, "user"),
    "o3": ("max_completion_tokens", False, True, "developer"),
    "o3-mini": ("max_completion_tokens", False, True, "developer"),
    "o4-mini": ("max_completion_tokens", False, True, "developer"),
    "gpt-5": ("max_completion_tokens", False, False, "developer"),
    "gpt-5-mini": ("max_completion_tokens", False, False, "developer"),
    "gpt-5.6": ("max_completion_tokens", False, False, "developer"),
}


@pytest.mark.parametrize(
    ("model", "limit", "samples", "stops", "role"), [(name, *row) for name, row in FAMILIES.items()], ids=FAMILIES
)
def test_openai_families_are_told_apart(model: str, limit: str, role: str, *, samples: bool, stops: bool) -> None:
    chat: DialectName = "openai-chat"
    body = msgspec.json.decode(planned("openai", model, BUILDERS["sampling"], key=True, dialect=chat).body)
    first = msgspec.json.decode(planned("openai", model, BUILDERS["system_and_user"], key=True, dialect=chat).body)
    assert body[limit] == 100
    assert ("max_tokens" in body, "max_completion_tokens" in body) == (limit == "max_tokens", limit != "max_tokens")
    for option in ("temperature", "top_p", "presence_penalty", "frequency_penalty"):
        assert (option in body) is samples, option
    assert ("stop" in body) is stops
    assert first["messages"][0]["role"] == role


SPEAKS = {
    # model: (without tools, with tools); C for chat completions, R for responses
    "gpt-4o": "CC",
    "gpt-4.1-mini": "CC",
    "gpt-5-chat-latest": "CC",
    "gpt-oss-120b": "CC",
    "openai/gpt-5": "CC",
    "o1-mini": "CC",
    "o1-preview": "CC",
    "o1": "CR",
    "o1-2024-12-17": "CR",
    "o3": "CR",
    "o3-mini": "CR",
    "o4-mini": "CR",
    "o1-pro": "RR",
    "o3-pro-2025-06-10": "RR",
    "o3-deep-research": "RR",
    "o4-mini-deep-research": "RR",
    "codex-mini-latest": "RR",
    "computer-use-preview": "RR",
    "gpt-5": "RR",
    "gpt-5-nano": "RR",
    "gpt-5.1-codex": "RR",
    "gpt-5.6-sol": "RR",
}


@pytest.mark.parametrize(("model", "dialects"), SPEAKS.items(), ids=SPEAKS)
def test_openai_is_spoken_to_in_the_dialect_of_the_model(model: str, dialects: str) -> None:
    calls = [planned("openai", model, BUILDERS[name], key=True) for name in ("conversation", "tools")]
    known = {"openai-chat": ("C", "/chat/completions"), "openai-responses": ("R", "/responses")}
    assert "".join(known[call.dialect][0] for call in calls) == dialects
    assert all(call.url == f"https://api.openai.com/v1{known[call.dialect][1]}" for call in calls)


@pytest.mark.parametrize("name", names())
def test_a_request_without_a_key_has_no_empty_header_for_it(name: str) -> None:
    call = planned(name, "any", BUILDERS["conversation"], key=False)
    assert built_in(name).auth.header not in dict(call.shown_headers)


@pytest.mark.parametrize("name", names())
def test_every_provider_plans_a_call(name: str) -> None:
    with Client(env={}, config=Config()) as client:
        outcome = client.plan(f"{name}:any", "Hello.", unlisted=True, api_key=KEY)
    assert isinstance(outcome, Success), name
