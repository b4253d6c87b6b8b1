"""What bodies say about their bill, in the words of each dialect."""

import json

import pytest

from modelmix.ast.response import Unpriced
from modelmix.billed import Billed, billed

TEXT = {"role": "user", "content": "hi"}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "image"}}}

BODIES: dict[str, tuple[object, Billed]] = {
    "openai-chat": ({"model": "m", "messages": [TEXT], "max_tokens": 5, "tools": [TOOL]}, Billed(limit=5)),
    "of two limits the larger": ({"max_tokens": 5, "max_completion_tokens": 9}, Billed(limit=9)),
    "openai-responses": (
        {"input": [{"type": "message", "content": [{"type": "input_text", "text": "hi"}]}], "max_output_tokens": 16},
        Billed(limit=16),
    ),
    "anthropic-messages": (
        {
            "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}],
            "max_tokens": 7,
            "tools": [{"name": "f", "input_schema": {"type": "object"}}],
        },
        Billed(limit=7),
    ),
    "google-generate": (
        {
            "contents": [{"role": "user", "parts": [{"text": "hi"}]}],
            "generationConfig": {"maxOutputTokens": 8, "candidateCount": 2, "responseModalities": ["TEXT"]},
            "tools": [{"functionDeclarations": [{"name": "f"}]}],
        },
        Billed(limit=8, answers=2),
    ),
    "ollama-chat": ({"messages": [TEXT], "options": {"num_predict": 6}}, Billed(limit=6)),
    "a limit that is none": ({"messages": [TEXT], "options": {"num_predict": -1}}, Billed()),
    "several answers": ({"messages": [TEXT], "n": 3}, Billed(answers=3)),
    "a cache for an hour": (
        {"system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral", "ttl": "1h"}}]},
        Billed(hour=True),
    ),
    "a cache for minutes": (
        {"system": [{"type": "text", "text": "x", "cache_control": {"type": "ephemeral", "ttl": "5m"}}]},
        Billed(),
    ),
    "a tool in a cache for an hour": (
        {"tools": [{"name": "f", "input_schema": {}, "cache_control": {"type": "ephemeral", "ttl": "1h"}}]},
        Billed(hour=True),
    ),
    "a picture of openai-chat": (
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://x"}}]}]},
        Billed(heavy=True),
    ),
    "a picture of openai-responses": ({"input": [{"content": [{"type": "input_image"}]}]}, Billed(heavy=True)),
    "a picture of anthropic-messages": ({"messages": [{"content": [{"type": "image"}]}]}, Billed(heavy=True)),
    "a picture in the result of a tool": (
        {"messages": [{"content": [{"type": "tool_result", "content": [{"type": "image"}]}]}]},
        Billed(heavy=True),
    ),
    "a picture of google-generate": ({"contents": [{"parts": [{"inlineData": {"data": "x"}}]}]}, Billed(heavy=True)),
    "a file of google-generate": ({"contents": [{"parts": [{"fileData": {"fileUri": "x"}}]}]}, Billed(heavy=True)),
    "a picture of ollama-chat": ({"messages": [{"content": "hi", "images": ["x"]}]}, Billed(heavy=True)),
    "a document by its text": (
        {"messages": [{"content": [{"type": "document", "source": {"type": "text", "media_type": "text/plain"}}]}]},
        Billed(),
    ),
    "a document by its address": (
        {"messages": [{"content": [{"type": "document", "source": {"type": "url", "url": "https://x"}}]}]},
        Billed(heavy=True),
    ),
    "what the provider keeps": ({"input": [{"type": "item_reference", "id": "x"}]}, Billed(heavy=True)),
    "arguments that look like a picture": (
        {"messages": [{"content": [{"type": "tool_use", "input": {"type": "image"}}]}]},
        Billed(),
    ),
    "a schema that looks like a picture": ({"messages": [TEXT], "tools": [TOOL]}, Billed()),
    "an option that changes the bill": (
        {"messages": [TEXT], "speed": "fast"},
        Billed(doubt=Unpriced(why="option", what="speed")),
    ),
    "the usual tier": ({"messages": [TEXT], "service_tier": "default"}, Billed()),
    "a dearer tier": (
        {"messages": [TEXT], "service_tier": "priority"},
        Billed(doubt=Unpriced(why="option", what="service_tier")),
    ),
    "an answer before": (
        {"input": "hi", "previous_response_id": "r"},
        Billed(doubt=Unpriced(why="option", what="previous_response_id")),
    ),
    "pictures wanted": (
        {"generationConfig": {"responseModalities": ["TEXT", "IMAGE"]}},
        Billed(doubt=Unpriced(why="option", what="responseModalities")),
    ),
    "a tool of OpenAI": ({"tools": [{"type": "web_search"}]}, Billed(doubt=Unpriced(why="tool", what="web_search"))),
    "a tool of Anthropic": (
        {"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
        Billed(doubt=Unpriced(why="tool", what="web_search_20250305")),
    ),
    "a tool of Google": ({"tools": [{"googleSearch": {}}]}, Billed(doubt=Unpriced(why="tool", what="googleSearch"))),
    "tools that are no list": ({"tools": "all"}, Billed(doubt=Unpriced(why="tool", what="all"))),
    "no object": ([], Billed(doubt=Unpriced(why="option", what="the body"))),
}


@pytest.mark.parametrize(("body", "expected"), BODIES.values(), ids=BODIES)
def test_a_body_says_what_decides_its_bill(body: object, expected: Billed) -> None:
    assert billed(json.dumps(body).encode()) == expected
