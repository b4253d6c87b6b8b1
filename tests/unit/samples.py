"""Values of every kind, to be tried in several rooms."""

from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from modelmix import errors
from modelmix.ast.adaptation import Adaptation
from modelmix.ast.content import (
    Audio,
    Bytes,
    CachePoint,
    Citation,
    File,
    Image,
    Json,
    JsonText,
    Opaque,
    Reasoning,
    Refusal,
    Seal,
    Text,
    ToolCall,
    ToolResult,
    Uploaded,
    Url,
)
from modelmix.ast.event import (
    Cited,
    Failed,
    Finished,
    OpaqueSeen,
    ReasoningDelta,
    RefusalDelta,
    Sealed,
    Started,
    TextDelta,
    ToolDelta,
    ToolStarted,
    UsageSeen,
)
from modelmix.ast.message import Assistant, Developer, System, Tool, User, user
from modelmix.ast.response import Cost, CostItem, Response, Timing, Unpriced
from modelmix.ast.usage import Usage
from modelmix.errors import MixError

SEAL: Final = Seal("openai-chat", '{"signature":"c2ln"}')
PNG: Final = Bytes(b"\x89PNG\x00\xff", "image/png")
RESULT: Final = ToolResult(
    call_id="c1",
    name="clock",
    content=(Text("nine"), Json(JsonText('{"hour":9}')), Image(PNG), File(PNG, "a.png"), CachePoint("1h")),
    is_error=True,
)
CALL: Final = ToolCall(id="c1", name="clock", arguments=JsonText('{"zone": "CET"}'), minted=True, seal=SEAL)
OPAQUE: Final = Opaque(owner="anthropic-messages", kind="server_tool_use", json=JsonText('{"id":"x"}'))

PARTS: Final = (
    Text(""),
    Text("höi 👋\n\x00", SEAL),
    Image(PNG, "high"),
    Image(Url("https://example.com/cat.png", "image/png")),
    Image(Uploaded("file-1", "image/png")),
    Audio(Bytes(b"", "audio/wav")),
    File(Url("https://example.com/a.pdf"), "a.pdf"),
    Reasoning("because", SEAL),
    Reasoning(""),
    Refusal("no"),
    CALL,
    RESULT,
    Citation("https://example.com", "Example", SEAL),
    CachePoint(),
    OPAQUE,
)

MESSAGES: Final = (
    System((Text("Be brief."),)),
    Developer((Text("Be brief."), Text("Be kind."))),
    User((Text("Hello."), Image(PNG), Audio(PNG), File(PNG), OPAQUE)),
    User(()),
    Assistant((Reasoning("hm", SEAL), Text("hi"), Refusal("no"), CALL, Citation("https://e.example"), Image(PNG))),
    Tool((RESULT, replace(RESULT, call_id="c2", is_error=False))),
)

USAGE: Final = Usage(
    input=10, output=5, cache_read=4, cache_write=1, reasoning=2, audio_input=0, audio_output=0, total=15
)

EVENTS: Final = (
    Started("id", "model"),
    Started(),
    TextDelta(0, "hi"),
    ReasoningDelta(1, "hm"),
    Sealed(1, SEAL),
    RefusalDelta(0, "no"),
    ToolStarted(2, "c1", "clock", minted=True),
    ToolDelta(2, '{"zo'),
    Cited(0, "https://example.com", "Example"),
    OpaqueSeen(3, "openai-chat", "x", JsonText("{}")),
    UsageSeen(USAGE),
    Finished("stop", "end_turn"),
    Failed(errors.Truncated(partial=Response(parts=(Text("half"),)))),
)

ITEM: Final = CostItem(name="input", tokens=10, rate=Decimal("2.50"), amount=Decimal("0.000025"))
RESPONSE: Final = Response(
    parts=MESSAGES[4].parts,
    finish="tool_calls",
    raw_finish="tool_use",
    usage=USAGE,
    cost=Cost((ITEM,)),
    id="r1",
    model="m-2024",
    spec="own:m",
    request_id="req_1",
    timing=Timing(headers=0.1, first_token=0.2, total=0.3),
    attempts=2,
    adaptations=(Adaptation(field="seed", action="renamed", into="random_seed", why="so"),),
)

ERRORS: Final[tuple[MixError, ...]] = (
    errors.BadSpec(text="gpt-4o"),
    errors.UnknownProvider(name="opnai", near=("openai",)),
    errors.UnknownModel(spec="openai:gpt-x", provider="openai", near=("gpt-4o",), total=45),
    errors.MissingKey(provider="openai", env=("OPENAI_API_KEY",)),
    errors.BadKey(provider="openai", source="OPENAI_API_KEY", why="it is empty"),
    errors.Unsupported(what="audio", by="openai-chat", instead="give text"),
    errors.Incapable(spec="openai:gpt-4", needs="image", near=("openai:gpt-4o",)),
    errors.TooLong(spec="openai:gpt-4", tokens=9000, window=8192),
    errors.BadConfig(where="config.toml", detail="broken"),
    errors.BadRequest(field="temperature", value="9", expected="a number"),
    errors.NotInstalled(extra="local", purpose="a local model"),
    errors.NotPulled(name="smollm2", size=92_871_040),
    errors.LocalFailed(step="verify", name="smollm2", detail="sha256"),
    errors.TooCostly(
        spec="openai:gpt-4o",
        limit=Decimal("0.05"),
        spent=Decimal("0.01"),
        why=Unpriced(why="option", what="service_tier"),
    ),
    errors.Unreachable(host="api.example", kind="dns", detail="no such host", provider="openai", phase="connect"),
    errors.TimedOut(deadline="idle", seconds=120.0, phase="mid_stream", partial=RESPONSE),
    errors.Rejected(
        kind="rate_limit",
        message="slow down",
        status=429,
        code="rate_limit_exceeded",
        retry_after=2.5,
        should_retry=True,
        request_id="req_1",
        attempts=(errors.Attempt(why="slow down", status=429, delay=2.6),),
    ),
    errors.Undecodable(kind="html", preview="<!DOCTYPE html>"),
    errors.TooLarge(bound="event", limit=16 << 20),
    errors.Dropped(detail="reset", phase="mid_stream"),
    errors.Truncated(by="output_limit", stray="…"),
    errors.Cancelled(),
    errors.ObjectMismatch(why="x is missing", partial=RESPONSE),
    errors.BadToolArguments(tool="clock", arguments="{", why="cut"),
    errors.BadFixture(where="openai/gpt-4o/basic.json", detail="its sha256 differs"),
    errors.SecretFound(where="the body of the reply", kind="an AWS access key"),
    errors.FixtureDrift(where="basic", path="$.model", recorded='"a"', built='"b"'),
    errors.NoEndpoint(provider="acme", path="/p/acme.json"),
    errors.NotAccepted(provider="acme", api="https://acme.example/v1", env=("ACME_API_KEY",)),
    errors.FetchFailed(source="https://models.example", why="no answer", hint="Check it", kind="network"),
    errors.WriteFailed(path="/p/x.json", why="no space left on device", hint="Check it"),
    errors.ToolsStopped(rounds=2, messages=(user("Hi."),), usage=Usage(input=1), cause=errors.Cancelled()),
)
