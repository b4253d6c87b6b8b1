"""Reasoning in every field, mirrored or sealed, and in `<think>` and harmony markup cut anywhere."""

from typing import Final

import pytest

from modelmix.ast.content import Reasoning, Seal, Text
from modelmix.errors import Truncated
from stream.simulated import Want, called, check, failed, finished, names

HI: Final = Text("hi")
SO: Final = Reasoning("so")
THOUGHT: Final = Reasoning("so é\n")
MARKUP: Final = "<|channel|>analysis<|message|>so<|end|><|start|>assistant<|channel|>final<|message|>hi<|return|>"


def sealed(text: str, details: str) -> Reasoning:
    """Reasoning that goes back with its details."""
    return Reasoning(text, Seal("openai-chat", details))


FIELDS: Final = {
    "reasoning/as reasoning_content": finished(Reasoning("so it is"), HI),
    "reasoning/as reasoning": finished(SO, HI),
    "reasoning/as details": finished(
        sealed(
            "so it is",
            '[{"text":"so it is","type":"reasoning.text","format":"anthropic-claude-v1","index":0,"signature":"c2ln"}]',
        ),
        HI,
    ),
    "reasoning/as a summary and sealed": finished(
        sealed(
            "so",
            '[{"summary":"so","type":"reasoning.summary","index":0},'
            '{"data":"Z0FB","type":"reasoning.encrypted","id":"rs_1","index":1}]',
        ),
        HI,
    ),
    "reasoning/sealed alone": finished(sealed("", '[{"data":"Z0FB","type":"reasoning.encrypted","index":0}]'), HI),
    "reasoning/in two fields": finished(Reasoning("so it is"), HI),
    "reasoning/in three fields": finished(
        sealed("so", '[{"text":"so","type":"reasoning.text","format":"anthropic-claude-v1","index":0}]'), HI
    ),
    "reasoning/empty beside text": finished(HI),
    "reasoning/between texts": finished(Text("a"), SO, Text("b"), Reasoning("and")),
    "reasoning/in one chunk with text": finished(SO, HI),
    "reasoning/in a body": finished(SO, HI),
    "reasoning/as parts": finished(Reasoning("so it is"), HI),
    "reasoning/as parts in a body": finished(SO, HI),
}

TAGS: Final = {
    "think/off": finished(Text("<think>\nso é\n</think>\n\nhi")),
    "think/in one delta": finished(THOUGHT, HI, tags="think"),
    "think/letter by letter": finished(THOUGHT, HI, tags="think"),
    "think/in a body": finished(THOUGHT, HI, tags="think"),
    "think/after white space": finished(SO, HI, tags="think"),
    "think/only white space": finished(Text("\n \n"), tags="think"),
    "think/an empty block": finished(HI, tags="think"),
    "think/only its close": finished(Text("so\nhi"), tags="think"),
    "think/never closed": finished(SO, finish="length", raw="length", tags="think"),
    "think/spoken of later": finished(Text("Use <think> and </think>."), tags="think"),
    "think/a tag begun": finished(Text("a <thin"), tags="think"),
    "think/a close begun": finished(Reasoning("so</thi"), finish="length", raw="length", tags="think"),
    "think/then a call": finished(
        SO, called("call_a", "look", "{}"), finish="tool_calls", raw="tool_calls", tags="think"
    ),
    "think/the whole once more": finished(THOUGHT, HI, reply=("a", None), tags="think"),
    "think/cut": failed(Truncated(phase="mid_stream"), Reasoning("so</thi"), tags="think"),
    "harmony/off": finished(Text(MARKUP)),
    "harmony/in one delta": finished(SO, HI, tags="harmony"),
    "harmony/letter by letter": finished(SO, HI, tags="harmony"),
    "harmony/final alone": finished(Text("{}"), tags="harmony"),
    "harmony/a preamble": finished(Text("Wait.hi"), tags="harmony"),
    "harmony/without markup": finished(Text("a <|channel|> b"), tags="harmony"),
    "harmony/a header without end": finished(Text("abc" * 100), tags="harmony"),
}

CASES: Final = {**FIELDS, **TAGS}


@pytest.mark.parametrize(("name", "want"), CASES.items(), ids=CASES)
def test_reasoning(name: str, want: Want) -> None:
    check(name, want)


def test_no_reply_is_left_out() -> None:
    assert CASES.keys() == names("reasoning", "think", "harmony")
