"""The requests that golden files name, in our own words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

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
from modelmix.ast.message import Developer, Message, System, Tool, assistant, system, user
from modelmix.ast.options import AnyJson, Options, Shaped, extra
from modelmix.ast.request import Request
from modelmix.ast.tool import OneTool, ToolSpec

PNG: Final = b"\x89PNG\r\n\x1a\n"
WAV: Final = b"RIFF\x04\x00\x00\x00WAVE"
PDF: Final = b"%PDF-1.7"

ASKED: Final = (user("What is 2+2?"),)
SAMPLED: Final = Options(
    temperature=0.5,
    top_p=0.9,
    max_tokens=100,
    stop=("END",),
    seed=7,
    presence_penalty=0.1,
    frequency_penalty=0.2,
)

WEATHER: Final = ToolSpec(
    name="weather",
    description="The weather of a city",
    parameters=JsonText('{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}'),
)
CLOCK: Final = ToolSpec(name="clock", strict=True)
TOOLS: Final = (WEATHER, CLOCK)

# Nine letters and digits, so that they pass everywhere as they are.
CALLS: Final = (
    ToolCall(id="call00001", name="weather", arguments=JsonText('{"city": "Oslo"}')),
    ToolCall(id="call00002", name="clock", arguments=JsonText("{}")),
)
RESULTS: Final = Tool(
    (
        ToolResult(call_id="call00001", name="weather", content=(Text("rain"), Text("4 degrees"))),
        ToolResult(call_id="call00002", name="clock", content=(Json(JsonText('{"hour":9}')),)),
    )
)

POINT: Final = Shaped(
    name="point",
    description="A point on a map",
    schema=JsonText(
        '{"type":"object","properties":{"x":{"type":"integer"},"y":{"type":"integer"}},'
        '"required":["x","y"],"additionalProperties":false}'
    ),
)
PROFILE: Final = Shaped(
    name="profile",
    schema=JsonText(
        '{"type":"object","properties":{"name":{"type":"string","minLength":1},"age":{"type":"integer"}},'
        '"required":["name"]}'
    ),
)

DETAILS: Final = Seal("openai-chat", '[{"type":"reasoning.text","text":"2 and 2","signature":"c2ln"}]')
THOUGHT: Final = (
    user("What is 2+2?"),
    assistant(Reasoning("2 and 2"), "4"),
    user("And 3+3?"),
)

GOOGLE: Final = "google-generate"
SIGNED: Final = (
    user("What is 2+2?"),
    assistant(
        Reasoning("hm", Seal(GOOGLE, "c2lnMQ==")),
        Opaque(
            owner=GOOGLE,
            kind="executableCode",
            json=JsonText('{"executableCode":{"language":"PYTHON","code":"2+2"},"thoughtSignature":"c2lnMg=="}'),
        ),
        Text("4", Seal(GOOGLE, "c2lnMw==")),
        Reasoning("", Seal(GOOGLE, "c2lnNA==")),
        ToolCall(
            id="call_0",
            name="weather",
            arguments=JsonText('{"city": "Oslo"}'),
            minted=True,
            seal=Seal(GOOGLE, "c2lnNQ=="),
        ),
        ToolCall(id="fc-2", name="clock", arguments=JsonText("{}")),
    ),
    Tool((ToolResult(call_id="fc-2", name="clock", content=(Text("nine"),)),)),
    Tool((ToolResult(call_id="call_0", name="weather", content=(Text("no such city"),), is_error=True),)),
)

ANTHROPIC: Final = "anthropic-messages"
OWN: Final = assistant(
    Reasoning("I need the weather.", Seal(ANTHROPIC, "c2ln")),
    Opaque(owner=ANTHROPIC, kind="redacted_thinking", json=JsonText('{"type":"redacted_thinking","data":"EmwK"}')),
    Opaque(
        owner=ANTHROPIC,
        kind="server_tool_use",
        json=JsonText('{"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"Oslo"}}'),
    ),
    "It rains",
    Citation(
        "",
        seal=Seal(
            ANTHROPIC,
            '{"type":"char_location","cited_text":"rain","document_index":0,"document_title":null,'
            '"start_char_index":0,"end_char_index":4,"file_id":null}',
        ),
    ),
    Citation(
        "https://example.com",
        seal=Seal(
            ANTHROPIC,
            '{"type":"web_search_result_location","cited_text":"x","encrypted_index":"Eo","title":null,'
            '"url":"https://example.com"}',
        ),
    ),
    ".",
    CALLS[0],
)
FAILED: Final = Tool((ToolResult(call_id="call00001", name="weather", content=(Text("no such city"),), is_error=True),))


def clock_call(call_id: str) -> ToolCall:
    return ToolCall(id=call_id, name="clock", arguments=JsonText("{}"))


def clock_result(call_id: str, said: str) -> ToolResult:
    return ToolResult(call_id=call_id, name="clock", content=(Text(said),))


RESPONSES: Final = "openai-responses"
REASONED: Final = JsonText(
    '{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"2 and 2"}],"encrypted_content":"gAAA"}'
)
UNENCRYPTED: Final = JsonText('{"type":"reasoning","id":"rs_1","summary":[]}')
RAIN: Final = ToolResult(call_id="call00001", name="weather", content=(Text("rain"),))


def reasoned(item: JsonText, answer: Text) -> tuple[Message, ...]:
    """The conversation of `THOUGHT`, its reasoning an item of responses."""
    return (THOUGHT[0], assistant(Reasoning("2 and 2", Seal(RESPONSES, item)), answer), THOUGHT[2])


BUILDERS: Final[Mapping[str, Request]] = MappingProxyType(
    {
        # What every provider is asked.
        "system_and_user": Request(messages=(system("Be brief."), *ASKED)),
        "conversation": Request(messages=(*ASKED, assistant("4"), user("And 3+3?"))),
        "image_bytes": Request(messages=(user("What is this?", Image(Bytes(PNG, "image/png"), "low")),)),
        "image_url": Request(messages=(user("What is this?", Image(Url("https://example.com/cat.png"))),)),
        "tools": Request(messages=ASKED, tools=TOOLS),
        "tool_named": Request(messages=ASKED, tools=TOOLS, tool_choice=OneTool("weather")),
        "tool_none": Request(messages=ASKED, tools=TOOLS, tool_choice="none"),
        "tool_history": Request(messages=(*ASKED, assistant(*CALLS), RESULTS), tools=TOOLS),
        "any_json": Request(messages=(user("What is 2+2? Answer in JSON."),), output=AnyJson()),
        "shaped": Request(messages=(user("Where is Oslo?"),), output=POINT),
        "sampling": Request(messages=ASKED, options=SAMPLED),
        "effort": Request(messages=ASKED, options=Options(reasoning_effort="low")),
        "stream": Request(messages=ASKED, stream=True),
        "extra": Request(messages=ASKED, options=Options(extra=extra(user="u-1", metadata={"team": [1, 2]}))),
        # What shows the quirks.
        "any_json_unasked": Request(messages=ASKED, output=AnyJson()),
        "any_json_unasked_system": Request(messages=(system("Be brief."), *ASKED), output=AnyJson()),
        "audio": Request(messages=(user("What is said?", Audio(Bytes(WAV, "audio/wav"))),)),
        "developer": Request(messages=(Developer((Text("Be brief."),)), *ASKED)),
        "documents": Request(
            messages=(
                user(
                    "Compare.",
                    File(Bytes(PDF, "application/pdf"), "a.pdf"),
                    File(Bytes(b"plain words", "text/plain"), "b.txt"),
                    File(Uploaded("file-123")),
                ),
            )
        ),
        "document_url": Request(messages=(user("Sum up.", File(Url("https://example.com/a.pdf"), "a.pdf")),)),
        "effort_high": Request(messages=ASKED, options=Options(reasoning_effort="high")),
        "effort_max": Request(messages=ASKED, options=Options(reasoning_effort="max")),
        "effort_medium": Request(messages=ASKED, options=Options(reasoning_effort="medium")),
        "effort_none": Request(messages=ASKED, options=Options(reasoning_effort="none")),
        "effort_none_sampling": Request(
            messages=ASKED,
            options=Options(reasoning_effort="none", temperature=0.5, top_p=0.9, max_tokens=100),
        ),
        "budget": Request(messages=ASKED, options=Options(reasoning_budget=2000)),
        "extra_google": Request(
            messages=ASKED,
            tools=TOOLS,
            options=Options(
                temperature=0.5,
                extra=extra(
                    tools=[{"googleSearch": dict[str, str]()}],
                    toolConfig={"includeServerSideToolInvocations": True},
                    generationConfig={"mediaResolution": "MEDIA_RESOLUTION_LOW"},
                    safetySettings=[],
                ),
            ),
        ),
        "google_history": Request(messages=SIGNED),
        "json_history": Request(
            messages=(*ASKED, assistant("Let me look.", *CALLS), RESULTS, user("Thanks.")),
            tools=TOOLS,
        ),
        "leftovers": Request(
            messages=(
                *ASKED,
                assistant(
                    Refusal("I would rather not. "),
                    "4",
                    Citation("https://example.com"),
                    Opaque(owner="anthropic-messages", kind="web_search", json=JsonText("{}")),
                ),
                user("And 3+3?"),
            )
        ),
        "max_tokens": Request(messages=ASKED, options=Options(max_tokens=100)),
        "no_parallel_calls": Request(messages=ASKED, tools=TOOLS, options=Options(parallel_tool_calls=False)),
        "picture_result": Request(
            messages=(
                *ASKED,
                assistant(CALLS[0]),
                Tool(
                    (
                        ToolResult(
                            call_id="call00001",
                            name="weather",
                            content=(Text("a map"), Image(Bytes(PNG, "image/png"))),
                        ),
                    )
                ),
            ),
            tools=TOOLS,
        ),
        "reasoning_asked": Request(messages=ASKED, options=Options(extra=extra(reasoning_format="raw"))),
        "reasoning_history": Request(messages=THOUGHT),
        "reasoning_calls": Request(
            messages=(*ASKED, assistant(Reasoning("I need the weather."), CALLS[0]), Tool(RESULTS.results[:1])),
            tools=TOOLS,
        ),
        "reasoning_sealed": Request(
            messages=(THOUGHT[0], assistant(Reasoning("2 and 2", DETAILS), "4"), THOUGHT[2]),
        ),
        "reasoning_sealed_twice": Request(
            messages=(
                THOUGHT[0],
                assistant(Reasoning("", DETAILS), Reasoning("", Seal("openai-chat", '[{"type":"x"}]')), "4"),
                THOUGHT[2],
            ),
        ),
        "refused_by_cerebras": Request(
            messages=ASKED,
            options=Options(
                presence_penalty=0.1,
                frequency_penalty=0.2,
                parallel_tool_calls=True,
                extra=extra(logit_bias={"1": 5}, service_tier="auto"),
            ),
        ),
        "runtime_options": Request(
            messages=ASKED,
            options=Options(temperature=0.5, extra=extra(num_ctx=8192, keep_alive="5m", options={"new_one": 1})),
        ),
        "shaped_with_tools": Request(messages=(user("Where is Oslo?"),), output=POINT, tools=(WEATHER,)),
        # What only responses have.
        "responses_sealed": Request(
            messages=reasoned(REASONED, Text("4", Seal(RESPONSES, '{"id":"msg_1","phase":"final_answer"}')))
        ),
        "responses_edited": Request(messages=reasoned(REASONED, Text("four"))),
        "responses_unencrypted": Request(messages=reasoned(UNENCRYPTED, Text("4"))),
        "responses_stored": Request(
            messages=reasoned(UNENCRYPTED, Text("4")), options=Options(extra=extra(store=True))
        ),
        "responses_custom": Request(
            messages=(
                *ASKED,
                assistant(ToolCall(id="call00001", name="sql", arguments=JsonText('"SELECT \\"a\\""'))),
                Tool((ToolResult(call_id="call00001", name="sql", content=(Text("rain"),)),)),
                THOUGHT[2],
            )
        ),
        "responses_own": Request(
            messages=(
                *ASKED,
                assistant(
                    Opaque(
                        owner=RESPONSES,
                        kind="web_search_call",
                        json=JsonText(
                            '{"id":"ws_1","type":"web_search_call","status":"completed",'
                            '"action":{"type":"search","query":"sums"}}'
                        ),
                    ),
                    "4",
                    Citation(
                        "https://example.com",
                        "Sums",
                        Seal(
                            RESPONSES,
                            '{"type":"url_citation","url":"https://example.com","title":"Sums",'
                            '"start_index":0,"end_index":1}',
                        ),
                    ),
                ),
                user(
                    "Go on.",
                    Opaque(
                        owner=RESPONSES,
                        kind="mcp_approval_response",
                        json=JsonText('{"type":"mcp_approval_response","approval_request_id":"mcpr_1","approve":true}'),
                    ),
                    "And on.",
                ),
            )
        ),
        "responses_labelled": Request(
            messages=(
                *ASKED,
                assistant(
                    ToolCall(
                        id="call00001",
                        name="weather",
                        arguments=JsonText('{"city": "Oslo"}'),
                        seal=Seal(RESPONSES, '{"namespace":"sky","caller":{"type":"program","caller_id":"call_p"}}'),
                    )
                ),
                Tool((RAIN,)),
            ),
            tools=TOOLS,
        ),
        "long_id": Request(
            messages=(*ASKED, assistant(replace(CALLS[0], id="x" * 65)), Tool((replace(RAIN, call_id="x" * 65),))),
            tools=TOOLS,
        ),
        "few_tokens": Request(messages=ASKED, options=Options(max_tokens=5)),
        "responses_failed_result": Request(
            messages=(
                *ASKED,
                assistant(CALLS[0]),
                Tool((replace(RAIN, content=(Text("no such city"),), is_error=True),)),
            ),
            tools=TOOLS,
        ),
        "own_tools": Request(
            messages=(user("Where is Oslo?"),),
            tools=TOOLS,
            output=POINT,
            options=Options(
                reasoning_effort="low",
                extra=extra(tools=[{"type": "web_search"}], text={"verbosity": "low"}, reasoning={"summary": "auto"}),
            ),
        ),
        "responses_cache_points": Request(
            messages=(
                System((Text("Be brief."), CachePoint())),
                user("What is this?", Image(Bytes(PNG, "image/png")), CachePoint("1h")),
            )
        ),
        "responses_budget": Request(messages=ASKED, options=Options(reasoning_budget=1000)),
        "shaped_optional": Request(messages=(user("Who is Ada?"),), output=PROFILE),
        "shaped_optional_system": Request(messages=(system("Be brief."), user("Who is Ada?")), output=PROFILE),
        "stop": Request(messages=ASKED, options=Options(stop=("END",))),
        "stop_and_penalties": Request(
            messages=ASKED, options=Options(stop=("END",), presence_penalty=0.1, frequency_penalty=0.2)
        ),
        "text_parts": Request(messages=(user("What is", "2+2?"),)),
        "text_parts_and_image": Request(messages=(user("What", "is this?", Image(Bytes(PNG, "image/png"))),)),
        "tool_required": Request(messages=ASKED, tools=TOOLS, tool_choice="required"),
        "top_k": Request(messages=ASKED, options=Options(top_k=5)),
        "two_systems": Request(
            messages=(
                System((Text("Be brief."), Text("Be kind."))),
                user("Hello."),
                assistant("Hi."),
                system("Speak Norwegian."),
                *ASKED,
            )
        ),
        "two_of_each": Request(
            messages=(
                system("Be brief."),
                system("Be kind."),
                user("Hello."),
                user("Look.", Image(Url("https://example.com/cat.png"))),
                assistant("Hi."),
                assistant("A cat."),
                *ASKED,
            )
        ),
        "assistant_first": Request(messages=(assistant("Hello. "), user("Hi."), assistant("As I "))),
        "budget_above_limit": Request(messages=ASKED, options=Options(reasoning_budget=2000, max_tokens=1000)),
        "budget_small": Request(messages=ASKED, options=Options(reasoning_budget=10)),
        "cache_points": Request(
            messages=(
                System((Text("Be brief."), CachePoint("1h"))),
                user("What is this?", Image(Bytes(PNG, "image/png")), CachePoint()),
                assistant("A cat."),
                user(CachePoint(), "Sure?"),
            )
        ),
        "effort_xhigh": Request(messages=ASKED, options=Options(reasoning_effort="xhigh")),
        "failed_result": Request(messages=(*ASKED, assistant(CALLS[0]), FAILED), tools=TOOLS),
        "hot": Request(messages=ASKED, options=Options(temperature=1.5)),
        "minted_ids": Request(
            messages=(
                *ASKED,
                assistant(clock_call("call_0")),
                Tool((clock_result("call_0", "nine"),)),
                assistant(clock_call("call_0"), clock_call("a.b:1")),
                Tool((clock_result("call_0", "ten"), clock_result("a.b:1", "eleven"))),
            ),
            tools=TOOLS,
        ),
        "own_history": Request(
            messages=(*ASKED, OWN, Tool(RESULTS.results[:1])),
            tools=TOOLS,
            options=Options(reasoning_effort="low"),
        ),
        "reasoning_calls_effort": Request(
            messages=(*ASKED, assistant(Reasoning("I need the weather."), CALLS[0]), Tool(RESULTS.results[:1])),
            tools=TOOLS,
            options=Options(reasoning_effort="low"),
        ),
        "sampling_thinking": Request(
            messages=ASKED,
            options=Options(temperature=0.5, top_p=0.97, top_k=5, max_tokens=8000, reasoning_effort="low"),
        ),
        "shaped_effort": Request(
            messages=(user("Where is Oslo?"),), output=POINT, options=Options(reasoning_effort="low")
        ),
        "unanswered": Request(
            messages=(*ASKED, assistant(*CALLS), Tool(RESULTS.results[:1]), user("Well?")), tools=TOOLS
        ),
    }
)
"""Every request, by the name under which golden files mean it."""
