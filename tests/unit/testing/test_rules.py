"""Rules as they are written in files and on the command line, and what is wrong with some."""

from typing import Final

import pytest
from returns.result import Failure, Success

from modelmix import explain
from modelmix.testing.mock.rules import Rule, read_rule, read_rules

TOML: Final = """
[[rules]]
model = "gpt-4*"
contains = "weather"
tool = "weather"

[[rules]]
path = "*/embeddings"
fail = 429
times = 2
retry_after = 1

[[rules]]
text = "hi"
think = "hm"
delay = 0.01
stall = 2
after = 3
cut_bytes = 100
end = "clean"
"""
RULES: Final = (
    Rule(model="gpt-4*", contains="weather", tool="weather"),
    Rule(path="*/embeddings", fail=429, times=2, retry_after=1.0),
    Rule(text="hi", think="hm", delay=0.01, stall=2.0, after=3, cut_bytes=100, end="clean"),
)


def test_a_file_holds_rules_in_their_order() -> None:
    assert read_rules(TOML, "rules.toml") == Success(RULES)


def test_json_says_the_same() -> None:
    content = '{"rules": [{"path": "*/embeddings", "fail": 429, "times": 2, "retry_after": 1}]}'
    assert read_rules(content, "rules.json", json=True) == Success(RULES[1:2])


SHORT: Final = {
    "echo": Rule(reply="echo"),
    "tool_call": Rule(reply="tool_call"),
    'text = "hi"': Rule(text="hi"),
    'fail = 503, times = 1, model = "gpt-*"': Rule(fail=503, times=1, model="gpt-*"),
}


@pytest.mark.parametrize(("text", "rule"), SHORT.items(), ids=SHORT)
def test_a_rule_is_short_on_the_command_line(text: str, rule: Rule) -> None:
    assert read_rule(text, "--rule") == Success(rule)


WRONG: Final = {
    "an unknown word": ("[[rules]]\nmodell = 'x'", "unknown field `modell` - at `$.rules[0]`"),
    "another type": ("[[rules]]\n[[rules]]\nfail = 'often'", "at `$.rules[1].fail`"),
    "an unknown answer": ("[[rules]]\nreply = 'sing'", "Invalid enum value 'sing' - at `$.rules[0].reply`"),
    "no rules": ("model = 'x'", "unknown field `model`"),
    "no TOML": ("[[rules]\n", "line 1"),
    "no error": ("[[rules]]\nfail = 200", "$.rules[0].fail: 200 is no status of an error"),
    "a wait for nothing": ("[[rules]]\n[[rules]]\nretry_after = 1", "$.rules[1].retry_after: only an error has it"),
    "words for nothing": ("[[rules]]\nmessage = 'no'", "$.rules[0].message: only an error has it"),
    "time that runs back": ("[[rules]]\ndelay = -1", "$.rules[0].delay: -1.0 is no number of seconds"),
    "time without end": ("[[rules]]\nstall = inf", "$.rules[0].stall: inf is no number of seconds"),
    "never": ("[[rules]]\ntimes = 0", "$.rules[0].times: 0 is less than 1"),
    "two cuts": ("[[rules]]\ncut = 1\ncut_bytes = 1", "$.rules[0].cut: `cut_bytes` cuts as well"),
    "an end of nothing": ("[[rules]]\nend = 'clean'", "$.rules[0].end: nothing is cut"),
    "a place of nothing": ("[[rules]]\nafter = 1", "$.rules[0].after: there is no `stall`"),
    "two answers": ("[[rules]]\ntext = 'x'\nreply = 'echo'", "$.rules[0].text: nothing says it"),
    "no words": ("[[rules]]\nreply = 'text'", "$.rules[0].text: `reply = text` needs it"),
    "a tool that nothing calls": ("[[rules]]\ntool = 'x'\nreply = 'object'", "$.rules[0].tool: nothing calls it"),
}


@pytest.mark.parametrize(("content", "why"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_told_with_its_place(content: str, why: str) -> None:
    outcome = read_rules(content, "rules.toml")
    assert isinstance(outcome, Failure)
    told = explain(outcome.failure()).summary
    assert told.startswith("Bad settings in rules.toml: ")
    assert why in told


@pytest.mark.parametrize("text", ["sing", "text = ", 'text = "a"}, {fail = 500', ""])
def test_a_short_rule_that_is_none_is_told(text: str) -> None:
    outcome = read_rule(text, "--rule")
    assert isinstance(outcome, Failure)
    assert f"Bad settings in --rule: `{text}`: " in explain(outcome.failure()).summary


MATCHES: Final = {
    "any request": (Rule(), True),
    "its model": (Rule(model="gpt-4*"), True),
    "another model": (Rule(model="claude*"), False),
    "its path": (Rule(path="*/completions"), True),
    "another path": (Rule(path="/v1/messages"), False),
    "its words": (Rule(contains="rain"), True),
    "other words": (Rule(contains="snow"), False),
    "capitals": (Rule(model="GPT*"), False),
    "one of two": (Rule(model="gpt-4o", contains="snow"), False),
}


@pytest.mark.parametrize(("rule", "applies"), MATCHES.values(), ids=MATCHES)
def test_a_rule_is_for_requests_that_are_all_it_says(rule: Rule, *, applies: bool) -> None:
    assert rule.applies("gpt-4o", "/v1/chat/completions", "will it rain?") is applies
