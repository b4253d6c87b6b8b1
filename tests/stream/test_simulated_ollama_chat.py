"""Simulated replies of Ollama, for what no recording shows; each with the document or issue it is made after.

The sources are `api/types.go` and the documents of https://docs.ollama.com, and issues of https://github.com/ollama.
"""

from typing import Final

import pytest

from modelmix.ast.content import AssistantPart, JsonText, Opaque, Reasoning, Text
from modelmix.ast.response import Response
from modelmix.ast.usage import Usage
from modelmix.decode import Tags
from modelmix.errors import Rejected, Truncated, Undecodable
from stream.simulated import Want, called, check_reply, failed, finished

HEAD: Final = b'{"model":"m","created_at":"2025-05-27T22:54:57.673559Z",'
DONE: Final = b'"done":true,"done_reason":"stop"}\n'


def said(members: bytes, rest: bytes = b'"done":false}\n') -> bytes:
    """One line, its message with these members."""
    return HEAD + b'"message":{"role":"assistant",' + members + b"}," + rest


def answer(*parts: AssistantPart, usage: Usage | None = None, tags: Tags = "none") -> Want:
    """A reply that is complete."""
    calls = any(not isinstance(part, Text | Reasoning | Opaque) for part in parts)
    return finished(
        *parts, finish="tool_calls" if calls else "stop", reply=(None, "m"), usage=usage or Usage(), tags=tags
    )


def broken(error: Rejected | Truncated | Undecodable, *parts: AssistantPart, model: str | None = "m") -> Want:
    """A reply that broke."""
    want = failed(error, *parts)
    return want._replace(answer=Response(parts=parts, model=model))


HI: Final = said(b'"content":"Hi"')
END: Final = said(b'"content":""', DONE)
CUT: Final = Truncated(phase="mid_stream")
LOST: Final = Rejected(kind="server", message="an error was encountered while running the model", phase="mid_stream")
WEATHER: Final = b'{"name":"weather","arguments":{"city":"Oslo"}}'
PRETTY: Final = b"""{
  "model": "m",
  "message": {
    "role": "assistant",
    "content": "Hi"
  },
  "done": true,
  "done_reason": "stop"
}
"""

REPLIES: Final[dict[str, tuple[bytes, Want]]] = {
    # Lines
    "the last line lacks its end": (HI + END.rstrip(), answer(Text("Hi"))),
    "carriage returns and blank lines": (HI.replace(b"\n", b"\r\n\r\n") + END, answer(Text("Hi"))),
    "a byte order mark": (b"\xef\xbb\xbf" + HI + END, answer(Text("Hi"))),
    "a body over several lines": (PRETTY, answer(Text("Hi"))),
    "a body over several lines, indented": (b"\n  " + PRETTY.replace(b"\n", b"\r\n"), answer(Text("Hi"))),
    "framed as events by a proxy": (b"data: " + HI + b"\ndata: " + END + b"\n", answer(Text("Hi"))),
    "keys in another order": (
        b'{"done":false,"message":{"content":"Hi","role":"assistant"},"created_at":"x","model":"m"}\n' + END,
        answer(Text("Hi")),
    ),
    "a pair of surrogates over two lines": (
        said(rb'"content":"\ud83d"') + said(rb'"content":"\ude00!"') + END,
        answer(Text("😀!")),
    ),
    "log probabilities that differ in each line": (
        said(b'"content":"a"', b'"logprobs":[{"token":"a","logprob":-0.1}],"done":false}\n')
        + said(b'"content":"b"', b'"logprobs":[{"token":"b","logprob":-0.2}],"done":false}\n')
        + END,
        answer(Text("ab")),
    ),
    "text of /api/generate": (
        HEAD + b'"response":"Hi","thinking":"hm","done":false}\n' + HEAD + b'"response":"","context":[1,2],' + DONE,
        answer(Reasoning("hm"), Text("Hi")),
    ),
    # Reasoning
    "thinking before text, whatever the order of keys": (
        said(b'"content":"4","thinking":"2 and 2"', DONE),
        answer(Reasoning("2 and 2"), Text("4")),
    ),
    "thinking beside empty text": (
        said(b'"content":"","thinking":"a"') + said(b'"content":"","thinking":"b"') + HI + END,
        answer(Reasoning("ab"), Text("Hi")),
    ),
    "thinking in the text of an older server": (
        said(rb'"content":"\u003cthi"') + said(rb'"content":"nk\u003e hm \u003c/think\u003e\n"') + HI + END,
        answer(Reasoning("hm "), Text("Hi"), tags="think"),
    ),
    # Calls
    "two calls in one line": (
        said(b'"content":"","tool_calls":[{"function":' + WEATHER + b'},{"function":' + WEATHER + b"}]") + END,
        answer(
            called("call_0", "weather", '{"city":"Oslo"}', minted=True),
            called("call_1", "weather", '{"city":"Oslo"}', minted=True),
        ),
    ),
    "calls of one index in two lines (ollama/ollama#15457)": (
        said(b'"tool_calls":[{"function":{"index":0,"name":"a","arguments":{}}}]')
        + said(b'"tool_calls":[{"function":{"index":0,"name":"b","arguments":{}}}]')
        + END,
        answer(called("call_0", "a", "{}", minted=True), called("call_1", "b", "{}", minted=True)),
    ),
    "a call with an id": (
        said(b'"content":"","tool_calls":[{"id":"call_x1","function":' + WEATHER + b"}]") + END,
        answer(called("call_x1", "weather", '{"city":"Oslo"}')),
    ),
    "text around a call": (
        HI + said(b'"content":"","tool_calls":[{"function":' + WEATHER + b"}]") + HI + END,
        answer(Text("Hi"), called("call_0", "weather", '{"city":"Oslo"}', minted=True), Text("Hi")),
    ),
    "arguments as text (BerriAI/litellm#24095)": (
        said(rb'"tool_calls":[{"function":{"name":"a","arguments":"{\"b\": 1}"}}]') + END,
        answer(called("call_0", "a", '{"b": 1}', minted=True)),
    ),
    "arguments that are missing": (
        said(b'"tool_calls":[{"function":{"name":"a","arguments":null}},{"function":{"name":"b"}}]') + END,
        answer(called("call_0", "a", "{}", minted=True), called("call_1", "b", "{}", minted=True)),
    ),
    "no calls": (said(b'"content":"Hi","tool_calls":[]') + said(b'"tool_calls":null') + END, answer(Text("Hi"))),
    # Pictures
    "a picture": (
        said(b'"content":"Hi","images":["iVBORw0KGgo="]') + END,
        answer(Text("Hi"), Opaque(owner="ollama-chat", kind="image", json=JsonText('"iVBORw0KGgo="'))),
    ),
    # Usage
    "counts": (
        HI + said(b'"content":""', b'"prompt_eval_count":12,"prompt_eval_cached_count":4,"eval_count":9,' + DONE),
        answer(Text("Hi"), usage=Usage(input=12, output=9, cache_read=4)),
    ),
    "a prompt that was cached and not counted": (
        HI + said(b'"content":""', b'"eval_count":9,' + DONE),
        answer(Text("Hi"), usage=Usage(output=9)),
    ),
    "cached tokens beyond the prompt": (
        HI + said(b'"content":""', b'"prompt_eval_count":2,"prompt_eval_cached_count":10,"eval_count":9,' + DONE),
        answer(Text("Hi"), usage=Usage(input=12, output=9, cache_read=10)),
    ),
    # Ends
    "length": (
        HI + END.replace(b"stop", b"length"),
        finished(Text("Hi"), finish="length", raw="length", reply=(None, "m")),
    ),
    "no reason": (
        HI + END.replace(b',"done_reason":"stop"', b""),
        finished(Text("Hi"), finish="stop", raw=None, reply=(None, "m")),
    ),
    "no prompt, so the model is only loaded": (
        END.replace(b"stop", b"load"),
        finished(finish="other", raw="load", reply=(None, "m")),
    ),
    "what follows the end is ignored": (HI + END + HI + b"junk", answer(Text("Hi"))),
    "cut after a line": (HI, broken(CUT, Text("Hi"))),
    "cut in a line": (HI + END[:-9], broken(CUT, Text("Hi"))),
    "cut in the first line": (HI[:-9], broken(CUT, model=None)),
    "cut in a body over several lines": (PRETTY[:-9], broken(CUT, model=None)),
    "a body that is not done": (HI.rstrip(), broken(CUT, Text("Hi"))),
    "nothing": (b"", broken(Undecodable(kind="empty_stream"), model=None)),
    # Errors
    "an error after output (docs/api/errors)": (
        HI + b'{"error":"%b"}\n' % LOST.message.encode(),
        broken(LOST, Text("Hi")),
    ),
    "an error before output": (b'{"error":"%b"}' % LOST.message.encode(), broken(LOST, model=None)),
    "an error that is empty": (said(b'"content":"Hi"', b'"error":"","done":false}\n') + END, answer(Text("Hi"))),
    "a line that is not JSON": (
        HI + b"upstream error\n" + END,
        broken(Undecodable(kind="malformed_event", preview="upstream error", phase="mid_stream"), Text("Hi")),
    ),
    "a page": (b"<html>", broken(Undecodable(kind="html", preview="<html>"), model=None)),
    "text (ollama/ollama#3694)": (
        b"upstream request timeout",
        broken(Undecodable(kind="not_json", preview="upstream request timeout"), model=None),
    ),
    "another document": (
        b'{"models":[]}',
        broken(Undecodable(kind="not_a_reply", preview='{"models":[]}'), model=None),
    ),
}


@pytest.mark.parametrize(("body", "want"), REPLIES.values(), ids=REPLIES)
def test_a_reply_is_read_the_same_wherever_it_is_cut(body: bytes, want: Want) -> None:
    check_reply(body, "ollama", want, "ollama-chat")
