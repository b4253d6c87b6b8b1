"""The anthropic SDK reads anthropic-messages, streams through its own accumulator."""

from types import MappingProxyType
from typing import Final

import anthropic
from anthropic.types import Message

from oracle.reply import Call, Heard, WireReply, finish
from oracle.sdks.sdk import Read, crashed, number, refused, text, total, words

FINISHES: Final = MappingProxyType(
    {
        "end_turn": "stop",
        "stop_sequence": "stop",
        "max_tokens": "length",
        "model_context_window_exceeded": "length",
        "tool_use": "tool_calls",
        "pause_turn": "pause",
        "refusal": "content_filter",
    }
)
"""The reasons that the SDK's types know."""


def reader(url: str) -> Read:
    """Opens a client that asks the loopback only, and once."""
    http = anthropic.DefaultHttpxClient(trust_env=False)
    asking = anthropic.Anthropic(api_key="unused", base_url=url, max_retries=0, timeout=10, http_client=http)

    def read(reply: WireReply) -> Heard:
        try:
            return _heard(_streamed(asking) if reply.streamed else _plain(asking))
        except anthropic.AnthropicError as error:
            return _raised(error)
        except Exception as error:  # noqa: BLE001 - whatever an SDK raises at a reply is its answer
            return crashed(error)

    return read


def _raised(error: anthropic.AnthropicError) -> Heard:
    match error:
        # An error inside a stream is raised with the status of the stream.
        case anthropic.APIStatusError(status_code=status, body=body):
            return refused(None if status == 200 else status, words(body))
        case anthropic.APIError(message=message):
            return refused(None, message)
        case _:
            return crashed(error)


def _plain(asking: anthropic.Anthropic) -> Message:
    return asking.messages.create(model="any", max_tokens=16, messages=[{"role": "user", "content": "?"}])


def _streamed(asking: anthropic.Anthropic) -> Message:
    with asking.messages.stream(model="any", max_tokens=16, messages=[{"role": "user", "content": "?"}]) as stream:
        return stream.get_final_message()


def _heard(message: Message) -> Heard:
    calls = tuple(Call(block.name, block.id, block.input) for block in message.content if block.type == "tool_use")
    usage, raw = message.usage, message.stop_reason
    read, written = number(usage, "cache_read_input_tokens"), number(usage, "cache_creation_input_tokens")
    return Heard(
        text="".join(block.text for block in message.content if block.type == "text"),
        reasoning="".join(block.thinking for block in message.content if block.type == "thinking"),
        refusal=text(message, "stop_details", "explanation"),
        tool_calls=calls,
        finish=finish(raw, FINISHES, calls),
        raw_finish=raw,
        # Cached tokens are counted beside the input; ours are inside.
        input=total(number(usage, "input_tokens"), read, written),
        output=number(usage, "output_tokens"),
        cache_read=read,
        cache_write=written,
        reasoning_tokens=number(usage, "output_tokens_details", "thinking_tokens"),
    )
