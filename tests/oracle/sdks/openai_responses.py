"""The openai SDK reads openai-responses, streams through its own accumulator."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

import openai
from openai.types.responses import Response, ResponseOutputItem

from oracle.reply import Call, Heard, Problem, WireReply, finish, parsed
from oracle.sdks.openai_chat import client, raised
from oracle.sdks.sdk import Read, crashed, number, text

FINISHES: Final = MappingProxyType(
    {
        "completed": "stop",
        "max_output_tokens": "length",
        "content_filter": "content_filter",
        "failed": "error",
        "queued": "unknown",
        "in_progress": "unknown",
    }
)
"""`status`, or the reason in `incomplete_details`."""


def reader(url: str) -> Read:
    """Opens a client."""
    asking = client(url)

    def read(reply: WireReply) -> Heard:
        try:
            return _streamed(asking) if reply.streamed else _heard(asking.responses.create(model="any", input="?"))
        except openai.OpenAIError as error:
            return raised(error)
        except Exception as error:  # noqa: BLE001 - whatever an SDK raises at a reply is its answer
            return crashed(error)

    return read


def _streamed(asking: openai.OpenAI) -> Heard:
    with asking.responses.stream(model="any", input="?") as stream:
        for event in stream:
            match event.type:
                case "response.completed" | "response.incomplete" | "response.failed":
                    return _heard(event.response)
                case "error":
                    return Heard(error=Problem(None, text(event, "message")))
                case _:
                    pass
    return Heard(error=Problem(fault="no terminal event"))


def _heard(response: Response) -> Heard:
    if response.error is not None:
        return Heard(error=Problem(None, text(response.error, "message")))
    calls = tuple(_calls(response.output))
    raw = text(response, "incomplete_details", "reason") or text(response, "status")
    usage = response.usage
    return Heard(
        text=response.output_text,
        reasoning="".join(_reasoning(response.output)),
        refusal="".join(_refusals(response.output)) or None,
        tool_calls=calls,
        finish=finish(raw, FINISHES, calls),
        raw_finish=raw,
        input=number(usage, "input_tokens"),
        output=number(usage, "output_tokens"),
        cache_read=number(usage, "input_tokens_details", "cached_tokens"),
        cache_write=number(usage, "input_tokens_details", "cache_write_tokens"),
        reasoning_tokens=number(usage, "output_tokens_details", "reasoning_tokens"),
        total=number(usage, "total_tokens"),
    )


def _calls(output: list[ResponseOutputItem]) -> Iterator[Call]:
    for item in output:
        match item.type:
            case "function_call":
                yield Call(item.name, item.call_id, parsed(item.arguments))
            case "custom_tool_call":
                yield Call(item.name, item.call_id, item.input)
            case _:
                pass


def _reasoning(output: list[ResponseOutputItem]) -> Iterator[str]:
    for item in output:
        if item.type == "reasoning":
            yield from (part.text for part in item.summary)
            yield from (part.text for part in item.content or ())


def _refusals(output: list[ResponseOutputItem]) -> Iterator[str]:
    for item in output:
        if item.type == "message":
            yield from (part.refusal for part in item.content if part.type == "refusal")
