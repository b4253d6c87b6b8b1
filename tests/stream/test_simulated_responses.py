"""Simulated replies of openai-responses: what no recording shows, as the reference and the threads of copies have it.

Each reply is decoded whole, byte by byte, at random cuts, and cut in two at every byte.
"""

import json
from typing import Final, NamedTuple

import pytest

from fixtures.responses.pieces import (
    Json,
    added,
    begun,
    body,
    call,
    custom,
    delta,
    done,
    event,
    message,
    reasoning,
    response,
    stream,
    text,
    told,
)
from modelmix.ast.content import (
    AssistantPart,
    Citation,
    JsonText,
    Opaque,
    Reasoning,
    Refusal,
    Seal,
    Text,
    ToolCall,
)
from modelmix.ast.event import Failed, Finished
from modelmix.ast.response import FinishReason, Response
from modelmix.ast.usage import Usage
from modelmix.errors import Rejected, RejectionKind, SentError, Truncated, Undecodable
from stream.feeding import CUTS, read

OWNER: Final = "openai-responses"
COUNTED: Final = Usage(input=9, output=7, total=16, cache_read=4, cache_write=2, reasoning=3)


class Case(NamedTuple):
    """A reply, and what it amounts to."""

    body: bytes
    answer: Response
    error: SentError | None = None


def case(
    reply: bytes,
    *parts: AssistantPart,
    finish: FinishReason = "stop",
    raw: str | None = "completed",
    usage: Usage = COUNTED,
    reply_id: str | None = "resp_1",
    model: str | None = "gpt-5",
) -> Case:
    answer = Response(parts=parts, finish=finish, raw_finish=raw, usage=usage, id=reply_id, model=model)
    return Case(reply, answer)


def broken(
    reply: bytes, error: SentError, *parts: AssistantPart, usage: Usage | None = None, named: bool = True
) -> Case:
    reply_id, model = ("resp_1", "gpt-5") if named else (None, None)
    return Case(reply, Response(parts=parts, usage=usage or Usage(), id=reply_id, model=model), error)


def rejected(kind: RejectionKind, message: str, code: str | None) -> Rejected:
    return Rejected(kind=kind, message=message, code=code, phase="mid_stream")


def sealed(value: Json) -> Seal:
    """A seal: the very words of the reply."""
    return Seal(OWNER, json.dumps(value, ensure_ascii=False))


def labelled(value: Json) -> Seal:
    """A seal that the decoder writes itself, without spaces but in what it copies."""
    members = ",".join(f"{json.dumps(name)}:{json.dumps(member)}" for name, member in value.items())
    return Seal(OWNER, f"{{{members}}}")


def tool(arguments: str, name: str = "look", seal: Seal | None = None, call_id: str = "call_1") -> ToolCall:
    return ToolCall(id=call_id, name=name, arguments=JsonText(arguments), seal=seal)


def opaque(item: Json) -> Opaque:
    return Opaque(owner=OWNER, kind=str(item["type"]), json=JsonText(json.dumps(item, ensure_ascii=False)))


HI: Final = message("hi!")
CUT: Final = Truncated(phase="mid_stream")
CALL: Final = call('{"q": "é"}')
SQL: Final = custom('SELECT "é"\n')
SEARCH: Final[Json] = {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search"}}
THOUGHT: Final = reasoning("So ", "it is.", encrypted_content="gAAA")
PAGE: Final[Json] = {"type": "url_citation", "url": "https://a.example", "title": "A", "start_index": 0, "end_index": 2}
FILE: Final[Json] = {"type": "file_citation", "file_id": "file-1", "filename": "a.pdf", "index": 1}
REFUSED: Final[Json] = {
    "type": "message",
    "id": "msg_1",
    "role": "assistant",
    "content": [{"type": "refusal", "refusal": "I cannot."}],
}
SAID: Final = (*text(0, "hi", "!"), done(0, HI))


def summary(index: int, *pieces: str) -> list[Json]:
    return [delta("reasoning_summary_text", 0, piece, summary_index=index) for piece in pieces]


CASES: Final = {
    # Texts
    "text in pieces": case(told(added(0, begun(HI)), *SAID, output=[HI]), Text("hi!")),
    "text in a body": case(body("completed", HI), Text("hi!")),
    "text without an announcement": case(told(*SAID, output=[HI]), Text("hi!")),
    "text that only its item tells": case(told(added(0, begun(HI)), done(0, HI), output=[HI]), Text("hi!")),
    "text that only the end tells": case(told(output=[HI]), Text("hi!")),
    "text whose last deltas are missing": case(told(*text(0, "h"), done(0, HI), output=[HI]), Text("hi!")),
    "text that the end contradicts": case(told(*text(0, "ho"), done(0, HI), output=[HI]), Text("ho")),
    "an output that is empty at the end": case(told(added(0, begun(HI)), *SAID), Text("hi!"), usage=Usage()),
    "half a surrogate pair in each delta": case(
        told(*text(0, "SPLIT"), output=[message("\N{GRINNING FACE}")]).replace(b"SPLIT", rb"\ud83d\ude00"),
        Text("\N{GRINNING FACE}"),
    ),
    "two messages": case(
        told(*SAID, *text(1, "yo"), done(1, message("yo", "msg_2")), output=[HI, message("yo", "msg_2")]),
        Text("hi!"),
        Text("yo"),
    ),
    "messages by turns": case(
        told(*text(0, "h"), *text(1, "y"), *text(0, "i!"), *text(1, "o"), done(1, message("yo", "m2")), done(0, HI)),
        Text("hi!"),
        Text("yo"),
        usage=Usage(),
    ),
    "an item announced twice": case(told(added(0, begun(HI)), added(0, begun(HI)), *SAID, output=[HI]), Text("hi!")),
    "a place that is used again": case(
        told(added(0, begun(HI)), *SAID, added(0, begun(HI)), *SAID), Text("hi!"), Text("hi!"), usage=Usage()
    ),
    "a phase goes back with the text": case(
        body("completed", message("hi!", phase="commentary")), Text("hi!", labelled({"phase": "commentary"}))
    ),
    "events without names": case(
        stream(
            event("created", response=response("in_progress")),
            *SAID,
            event("completed", response=response("completed", HI)),
            named=False,
        ),
        Text("hi!"),
    ),
    "events without places, as llama.cpp": case(
        told(
            event("output_item.added", item=begun(HI)),
            event("output_text.delta", item_id="msg_1", delta="hi"),
            event("output_text.delta", item_id="msg_1", delta="!"),
            event("output_item.done", item=HI),
            output=[HI],
        ),
        Text("hi!"),
    ),
    # `lidge-jun/opencodex#989`
    "ids that change with each event, as GitHub Copilot": case(
        told(
            added(0, begun(message("hi!", "a"))),
            *text(0, "hi", item_id="b"),
            *text(0, "!", item_id="c"),
            done(0, message("hi!", "d")),
            output=[message("hi!", "e")],
        ),
        Text("hi!"),
    ),
    "parts that are counted otherwise at the end, as Bedrock": case(
        told(delta("output_text", 0, "hi", content_index=1), done(0, HI), output=[HI]), Text("hi!")
    ),
    "an event of a kind to come": case(
        told(event("hologram.delta", output_index=0, delta="x"), *SAID, output=[HI]), Text("hi!")
    ),
    "a keep-alive": case(
        stream(
            event("created", response=response("in_progress")),
            {"type": "keepalive"},
            *SAID,
            event("completed", response=response("completed", HI)),
        ),
        Text("hi!"),
    ),
    # Refusals
    "a refusal in pieces": case(
        told(
            delta("refusal", 0, "I ", content_index=0),
            delta("refusal", 0, "cannot.", content_index=0),
            done(0, REFUSED),
            output=[REFUSED],
        ),
        Refusal("I cannot."),
    ),
    "a refusal in a body": case(body("completed", REFUSED), Refusal("I cannot.")),
    # Reasoning
    "reasoning in summaries": case(
        told(
            added(0, begun(THOUGHT)), *summary(0, "S", "o "), *summary(1, "it is."), done(0, THOUGHT), output=[THOUGHT]
        ),
        Reasoning("So it is.", sealed(THOUGHT)),
    ),
    "reasoning in a body": case(body("completed", THOUGHT), Reasoning("So it is.", sealed(THOUGHT))),
    "reasoning in plain words": case(
        told(
            delta("reasoning_text", 0, "So", content_index=0),
            done(0, reasoning(content=[{"type": "reasoning_text", "text": "So."}])),
        ),
        Reasoning("So.", sealed(reasoning(content=[{"type": "reasoning_text", "text": "So."}]))),
        usage=Usage(),
    ),
    "reasoning that is encrypted only": case(
        told(added(0, begun(reasoning())), done(0, reasoning(encrypted_content="gAAA")), *text(1, "hi!"), done(1, HI)),
        Reasoning("", sealed(reasoning(encrypted_content="gAAA"))),
        Text("hi!", labelled({"id": "msg_1"})),
        usage=Usage(),
    ),
    "a call after reasoning keeps its id": case(
        told(added(0, begun(THOUGHT)), done(0, THOUGHT), added(1, begun(CALL)), done(1, CALL)),
        Reasoning("So it is.", sealed(THOUGHT)),
        tool('{"q": "é"}', seal=labelled({"id": "fc_1"})),
        finish="tool_calls",
        usage=Usage(),
    ),
    # Calls
    "a call in pieces": case(
        told(
            added(0, begun(CALL)),
            delta("function_call_arguments", 0, '{"q": '),
            delta("function_call_arguments", 0, '"é"}'),
            done(0, CALL),
            output=[CALL],
        ),
        tool('{"q": "é"}'),
        finish="tool_calls",
    ),
    "a call in a body": case(body("completed", CALL), tool('{"q": "é"}'), finish="tool_calls"),
    "a call whose name comes last": case(
        told(delta("function_call_arguments", 0, '{"q": "é'), done(0, CALL)),
        tool('{"q": "é"}'),
        finish="tool_calls",
        usage=Usage(),
    ),
    "calls by turns": case(
        told(
            added(0, begun(CALL)),
            added(1, begun(call("{}", "fc_2", "call_2", "wait"))),
            delta("function_call_arguments", 1, "{"),
            delta("function_call_arguments", 0, '{"q": '),
            delta("function_call_arguments", 1, "}"),
            delta("function_call_arguments", 0, '"é"}'),
            done(1, call("{}", "fc_2", "call_2", "wait")),
            done(0, CALL),
        ),
        tool('{"q": "é"}'),
        tool("{}", "wait", call_id="call_2"),
        finish="tool_calls",
        usage=Usage(),
    ),
    "a call without arguments": case(body("completed", call("")), tool("{}"), finish="tool_calls"),
    "a call whose arguments are an object": case(
        body("completed", {**CALL, "arguments": {}}), tool("{}"), finish="tool_calls"
    ),
    "a call without an id": case(
        body("completed", call("{}", call_id="")),
        ToolCall(id="call_0", name="look", arguments=JsonText("{}"), minted=True),
        finish="tool_calls",
    ),
    "a call with labels": case(
        body("completed", call("{}", namespace="sky", caller=None)),
        tool("{}", seal=labelled({"namespace": "sky"})),
        finish="tool_calls",
    ),
    "a call that the limit cut": case(
        told(
            added(0, begun(CALL)),
            delta("function_call_arguments", 0, '{"q'),
            status="incomplete",
            incomplete_details={"reason": "max_output_tokens"},
        ),
        tool('{"q'),
        finish="length",
        raw="max_output_tokens",
        usage=Usage(),
    ),
    "a custom call in pieces": case(
        told(
            added(0, begun(SQL)),
            delta("custom_tool_call_input", 0, "SELECT "),
            delta("custom_tool_call_input", 0, '"é"'),
            delta("custom_tool_call_input", 0, "\n"),
            done(0, SQL),
            output=[SQL],
        ),
        tool('"SELECT \\"é\\"\\n"', "sql"),
        finish="tool_calls",
    ),
    "a custom call in a body": case(body("completed", SQL), tool('"SELECT \\"é\\"\\n"', "sql"), finish="tool_calls"),
    "a custom call without input": case(body("completed", custom("")), tool('""', "sql"), finish="tool_calls"),
    "a custom call that was cut": case(
        told(added(0, begun(SQL)), delta("custom_tool_call_input", 0, "SELECT "), status="incomplete"),
        tool('"SELECT ', "sql"),
        finish="length",
        raw="incomplete",
        usage=Usage(),
    ),
    # The provider's own
    "a search": case(
        told(
            added(0, {**SEARCH, "status": "in_progress"}),
            event("web_search_call.searching", output_index=0),
            done(0, SEARCH),
            *text(1, "hi!"),
            done(1, HI),
        ),
        opaque(SEARCH),
        Text("hi!"),
        usage=Usage(),
    ),
    "an item that was announced and only the end tells": case(
        told(added(0, {**SEARCH, "status": "in_progress"}), *text(1, "hi!"), done(1, HI), output=[SEARCH, HI]),
        Text("hi!"),
        opaque(SEARCH),
    ),
    # Sources
    "sources in events and once more at the end": case(
        told(
            *text(0, "hi!"),
            event("output_text.annotation.added", output_index=0, content_index=0, annotation_index=0, annotation=PAGE),
            done(0, message("hi!", annotations=[PAGE, FILE])),
        ),
        Text("hi!"),
        Citation("https://a.example", "A", sealed(PAGE)),
        Citation("", "a.pdf", sealed(FILE)),
        usage=Usage(),
    ),
    # Ends
    "the filter": case(
        told(*SAID, output=[HI], status="incomplete", incomplete_details={"reason": "content_filter"}),
        Text("hi!"),
        finish="content_filter",
        raw="content_filter",
    ),
    "a new reason": case(
        told(*SAID, output=[HI], status="incomplete", incomplete_details={"reason": "steered"}),
        Text("hi!"),
        finish="other",
        raw="steered",
    ),
    "a body in the background": case(body("queued"), finish="unknown", raw="queued", usage=Usage()),
    "a body that was cancelled": case(body("cancelled", HI), Text("hi!"), finish="error", raw="cancelled"),
    "a body without a state": case(
        b'{"object":"response","output":[{"type":"function_call","call_id":"call_1","name":"look","arguments":"{}"}]}',
        tool("{}"),
        finish="tool_calls",
        raw=None,
        usage=Usage(),
        reply_id=None,
        model=None,
    ),
    "[DONE] after the end, as OpenRouter": case(told(*SAID, output=[HI]) + b"data: [DONE]\n\n", Text("hi!")),
    "nothing is heard after the end": case(told(*SAID, output=[HI]) + stream(*text(0, "more")), Text("hi!")),
    "counts below zero, as o4-mini": case(
        body("completed", HI, usage={"input_tokens": 5, "output_tokens": -9}),
        Text("hi!"),
        usage=Usage(input=5, output=0),
    ),
    # Errors
    "[DONE] in place of the end": broken(
        stream(event("created", response=response("in_progress")), *SAID, end="data: [DONE]\n\n"), CUT, Text("hi!")
    ),
    "cut before the end": broken(stream(event("created", response=response("in_progress")), *SAID), CUT, Text("hi!")),
    "an error, flat as documented": broken(
        stream(
            event("created", response=response("in_progress")),
            *SAID,
            {"type": "error", "code": "server_error", "message": "Bad luck", "param": None},
        ),
        rejected("server", "Bad luck", "server_error"),
        Text("hi!"),
    ),
    "an error, nested as sent": broken(
        stream(
            event("created", response=response("in_progress")),
            {"type": "error", "error": {"code": "rate_limit_exceeded", "message": "Slow down"}},
            named=False,
        ),
        rejected("rate_limit", "Slow down", "rate_limit_exceeded"),
    ),
    "a response that failed": broken(
        told(*SAID, status="failed", error={"code": "server_is_overloaded", "message": "Busy"}),
        rejected("overloaded", "Busy", "server_is_overloaded"),
        Text("hi!"),
    ),
    "a response that failed without a word": broken(
        told(*SAID, status="failed"), rejected("server", '{"error":{"status":"failed"}}', "failed"), Text("hi!")
    ),
    "a body that failed": broken(
        body("failed", error={"code": "server_error", "message": "Bad luck"}),
        rejected("server", "Bad luck", "server_error"),
    ),
    "an error as a body": broken(
        b'{"error": {"message": "No such model", "type": "invalid_request_error", "code": "model_not_found"}}',
        rejected("not_found", "No such model", "model_not_found"),
        named=False,
    ),
    "a document of another kind": broken(
        b'{"choices": []}', Undecodable(kind="not_a_reply", preview='{"choices": []}'), named=False
    ),
    "nothing at all": broken(b"", Undecodable(kind="empty_stream"), named=False),
    "half a body": broken(body("completed", HI)[:-9], CUT, named=False),
}


@pytest.mark.parametrize("reply", CASES.values(), ids=CASES)
def test_a_reply(reply: Case) -> None:
    chunked = [list(cut(reply.body, "responses")) for cut in CUTS.values()]
    chunked += [[reply.body[:at], reply.body[at:]] for at in range(1, len(reply.body))]
    for chunks in chunked:
        reading = read(chunks, dialect=OWNER)
        assert reading.answer == reply.answer
        if reply.error is None:
            assert reading.end == Finished(reply.answer.finish, reply.answer.raw_finish)
        else:
            assert reading.end == Failed(reply.error)
