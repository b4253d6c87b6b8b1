"""The openai SDK reads openai-chat, streams through its own accumulator."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final, cast

import openai
from openai.types.chat import ChatCompletion

from oracle.reply import Call, Heard, Problem, WireReply, finish, parsed
from oracle.sdks.sdk import Read, at, crashed, items, number, refused, text, words

FINISHES: Final = MappingProxyType(
    {
        "stop": "stop",
        "length": "length",
        "tool_calls": "tool_calls",
        "function_call": "tool_calls",
        "content_filter": "content_filter",
    }
)
"""The reasons that the SDK's types know."""


def client(url: str) -> openai.OpenAI:
    """A client that asks the loopback only, and once."""
    http = openai.DefaultHttpxClient(trust_env=False)
    return openai.OpenAI(api_key="unused", base_url=f"{url}/v1", max_retries=0, timeout=10, http_client=http)


def reader(url: str) -> Read:
    """Opens a client."""
    asking = client(url)

    def read(reply: WireReply) -> Heard:
        try:
            return _heard(_streamed(asking) if reply.streamed else _plain(asking))
        except openai.OpenAIError as error:
            return raised(error)
        except Exception as error:  # noqa: BLE001 - whatever an SDK raises at a reply is its answer
            return crashed(error)

    return read


def raised(error: openai.OpenAIError) -> Heard:
    """An error that the SDK raises on purpose."""
    match error:
        case openai.APIStatusError(status_code=status, body=body):
            return refused(status, words(body))
        case openai.APIError(message=message):
            return refused(None, message)
        case _:
            return crashed(error)


def _plain(asking: openai.OpenAI) -> ChatCompletion:
    return asking.chat.completions.create(model="any", messages=[{"role": "user", "content": "?"}])


def _streamed(asking: openai.OpenAI) -> object:
    # The final completion is not asked for: it raises at `length` and `content_filter`.
    with asking.chat.completions.stream(model="any", messages=[{"role": "user", "content": "?"}]) as stream:
        stream.until_done()
        return stream.current_completion_snapshot


def _heard(completion: object) -> Heard:
    choices = items(completion, "choices")
    if not choices:
        return Heard(error=Problem(fault="no choices"))
    message, usage = at(choices[0], "message"), at(completion, "usage")
    calls = tuple(_calls(message))
    raw = text(choices[0], "finish_reason") or None
    return Heard(
        text=_content(at(message, "content"), "text"),
        reasoning=_reasoning(message),
        refusal=text(message, "refusal") or None,
        tool_calls=calls,
        finish=finish(raw, FINISHES, calls),
        raw_finish=raw,
        input=number(usage, "prompt_tokens"),
        output=number(usage, "completion_tokens"),
        cache_read=number(usage, "prompt_tokens_details", "cached_tokens"),
        cache_write=number(usage, "prompt_tokens_details", "cache_write_tokens"),
        reasoning_tokens=number(usage, "completion_tokens_details", "reasoning_tokens"),
        total=number(usage, "total_tokens"),
    )


def _content(content: object, kind: str) -> str:
    """Text, or the parts of a kind where a provider sends parts (Mistral): the SDK keeps those as they are."""
    if isinstance(content, str):
        return content if kind == "text" else ""
    return "".join(_part(part, kind) for part in items(content))


def _part(part: object, kind: str) -> str:
    match part:
        case {"type": "text", "text": str(words)} if kind == "text":
            return words
        case {"type": "thinking"} if kind == "thinking":
            thoughts = cast("Mapping[str, object]", part).get("thinking")
            return "".join(_part(thought, "text") for thought in items(thoughts))
        case _:
            return ""


def _reasoning(message: object) -> str:
    """The fields that other providers added: the SDK keeps what it does not know."""
    told = text(message, "reasoning_content") or text(message, "reasoning")
    return told or _content(at(message, "content"), "thinking")


def _calls(message: object) -> Iterator[Call]:
    for call in items(message, "tool_calls"):
        arguments = parsed(text(call, "function", "arguments"))
        yield Call(text(call, "function", "name") or "", text(call, "id") or None, arguments)
