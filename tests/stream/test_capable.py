"""Requests that real providers answered: none of them would have been refused, and what would be left out is known."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple, cast

import pytest
from returns.result import Failure

from modelmix.ast.content import Audio, Bytes, File, Image, UserPart
from modelmix.ast.message import user
from modelmix.ast.model import Ability, Model
from modelmix.ast.options import Effort, Options
from modelmix.ast.request import Request
from modelmix.ast.tool import ToolSpec
from modelmix.capable import suit
from modelmix.catalog.catalog import Catalog
from modelmix.providers.load import built_in, names
from modelmix.quirks import abilities, rules_for
from modelmix.spec import Spec
from modelmix.window import sizes
from stream.recordings import reader

Json = dict[str, object]

_MEDIA: Final = MappingProxyType[str, Image | Audio | File](
    {
        "image": Image(Bytes(b"", "image/png")),
        "audio": Audio(Bytes(b"", "audio/wav")),
        "video": File(Bytes(b"", "video/mp4")),
        "pdf": File(Bytes(b"", "application/pdf")),
    }
)
_TYPES: Final = MappingProxyType(
    {
        "image_url": "image",
        "input_image": "image",
        "image": "image",
        "input_audio": "audio",
        "video_url": "video",
    }
)
_LIMITS: Final = ("max_tokens", "max_completion_tokens", "max_output_tokens", "maxOutputTokens")


class Answered(NamedTuple):
    """A request that was answered with 200 and no error, in our words, and the model that it went to."""

    request: Request
    entry: Model
    able: frozenset[Ability]
    input: int | None
    """Tokens by the provider's count; None where it is not that of these words."""


@pytest.fixture(scope="module")
def answered(shared: Path) -> tuple[Answered, ...]:
    """All of them whose model the catalogue lists."""
    catalog = Catalog()
    providers = set(catalog.providers().unwrap())
    return tuple(
        found
        for record in reader(shared).records(str(shared / "recordings" / "dev"))
        if _is_good(record) and record["provider"] in providers
        for found in _read(record, catalog)
    )


def _is_good(record: Mapping[str, object]) -> bool:
    request, response = cast("Json | None", record["request"]), cast("Json", record["response"])
    expected = cast("Json", record["expected"])
    talks = "embed" not in cast("str", record["dialect"])
    return (
        bool(request and isinstance(request.get("body"), dict))
        and talks
        and response["status"] == 200
        and record["provenance"] == "recorded"
        and not expected.get("error")
    )


def _read(record: Mapping[str, object], catalog: Catalog) -> Iterator[Answered]:
    sent = cast("Json", record["request"])
    body, provider = cast("Json", sent["body"]), cast("str", record["provider"])
    named = re.search(r"models/([^:/?]+)", cast("str", sent["url"]))
    model = named[1] if named and "google" in cast("str", record["dialect"]) else str(body.get("model") or "")
    found = catalog.find_known(Spec(provider, model)).unwrap()
    if found is None:
        return
    rules = rules_for(built_in(provider), found.model.id) if provider in names() else ()
    usage = cast("Json", cast("Json", record["expected"])["usage_full"])
    # Closeclaw's bodies are put together from notes, and a provider that compacts counts what is left.
    whole = not str(record["id"]).startswith("closeclaw") and "context_management" not in body
    count = cast("int | None", usage.get("input_total")) if whole else None
    yield Answered(_request(body), found.model, abilities(rules), count)


def _request(body: Json) -> Request:
    """What a body asks for, of all that is checked."""
    talk = body.get("messages") or body.get("input") or body.get("contents")
    inner = cast("Json", body.get("generationConfig") or body.get("options") or {})
    settings = {**inner, **body}
    parts: list[UserPart] = [_MEDIA[kind] for kind in sorted(set(_kinds(talk)))]
    thinks = body.get("reasoning_effort") or body.get("reasoning") or body.get("thinking")
    limit = next((value for name in _LIMITS if isinstance(value := settings.get(name), int) and value), None)
    temperature = settings.get("temperature")
    words = "\n".join([*_texts(talk), *_texts(body.get("system")), *_texts(body.get("instructions"))])
    return Request(
        messages=(user(words, *parts),),
        tools=(ToolSpec(name="t"),) if _calls(body.get("tools")) else (),
        options=Options(
            temperature=float(temperature) if isinstance(temperature, int | float) else None,
            reasoning_effort=_effort(thinks),
            max_tokens=limit,
        ),
    )


def _effort(thinks: object) -> Effort | None:
    if not thinks:
        return None
    return "none" if "none" in json.dumps(thinks) or "disabled" in json.dumps(thinks) else "low"


def _calls(tools: object) -> bool:
    """Whether functions are offered, and not only tools that run at the provider."""
    listed = cast("list[Json]", tools) if isinstance(tools, list) else []
    return any(
        tool.get("type", "function") in {"function", "custom"} or {"functionDeclarations", "input_schema"} & set(tool)
        for tool in listed
    )


def _kinds(value: object) -> Iterator[str]:
    """The media in a conversation, in any dialect."""
    if isinstance(value, list):
        for item in cast("list[object]", value):
            yield from _kinds(item)
    if not isinstance(value, dict):
        return
    part = cast("Json", value)
    kind = _TYPES.get(str(part.get("type")))
    if kind is not None:
        yield kind
    elif part.get("type") in {"document", "file", "input_file"} and "pdf" in json.dumps(part)[:3000]:
        yield "pdf"
    for name in ("inlineData", "inline_data", "fileData", "file_data"):
        data = part.get(name)
        mime = (
            str(cast("Json", data).get("mimeType") or cast("Json", data).get("mime_type"))
            if isinstance(data, dict)
            else ""
        )
        family = "pdf" if "pdf" in mime else mime.partition("/")[0]
        if family in _MEDIA:
            yield family
    for item in part.values():
        yield from _kinds(item)


def _texts(value: object) -> Iterator[str]:
    """The words of a conversation: what stands in fields of text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in cast("list[object]", value):
            yield from _texts(item) if not isinstance(item, str) else ()
    elif isinstance(value, dict):
        part = cast("Json", value)
        for name in () if part.get("thought") else ("text", "content", "parts"):
            yield from _texts(part.get(name))


def test_no_request_that_was_answered_is_refused(answered: tuple[Answered, ...]) -> None:
    refused = [
        f"{each.entry.provider}:{each.entry.id}: {outcome.failure()}"
        for each in answered
        if isinstance(outcome := suit(each.request, each.entry, each.able, "spec"), Failure)
    ]
    assert len(answered) > 3000
    assert refused == []


# OpenRouter takes what the model behind it does not, and leaves it out itself.
LEFT_OUT: Final = {
    ("openrouter", "temperature", "dropped"),
    ("openrouter", "reasoning_effort", "dropped"),
    ("openrouter", "max_tokens", "clamped"),
}


def test_what_would_be_left_out_of_them_is_left_out_by_the_provider_too(answered: tuple[Answered, ...]) -> None:
    told = {
        (each.entry.provider, change.field, change.action)
        for each in answered
        for change in suit(each.request, each.entry, each.able, "spec").unwrap().adaptations
    }
    assert told == LEFT_OUT


def test_no_request_has_fewer_tokens_than_are_certain(answered: tuple[Answered, ...]) -> None:
    counted = [(sizes(each.request).least, each.input) for each in answered if each.input and not each.request.tools]
    assert len(counted) > 1000
    assert [pair for pair in counted if pair[0] > (pair[1] or 0)] == []


def test_the_checks_are_not_idle(answered: tuple[Answered, ...]) -> None:
    """Without what the providers' files say, some would have been refused: the catalogue alone is not to be trusted."""
    bare = [suit(each.request, each.entry, frozenset(), "spec") for each in answered]
    assert 0 < sum(isinstance(outcome, Failure) for outcome in bare) < 50
