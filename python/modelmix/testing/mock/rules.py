"""What the mock answers, as data: rules, of which the first that applies decides."""

import math
import tomllib
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from typing import Final, Literal, TypeAlias

import msgspec
from returns.result import Failure, Success

from modelmix.errors import BadConfig
from modelmix.node import Node
from modelmix.outcome import Outcome, mapped

Answer: TypeAlias = Literal["auto", "echo", "text", "object", "tool_call", "refuse", "filter", "length"]
"""What is said.

- `auto`: what the request asks for: a call where one is forced, the object where there is a schema, after the result
  of a tool its text, else what the user said
- `echo`: what the user said last
- `text`: the rule's own `text`
- `object`: a value that fits the schema of the request
- `tool_call`: a call of the tool `tool`, of the one that the request names, or of its first; after the result its text
- `refuse`: a refusal, as the dialect says it
- `filter`: an answer that a filter on content has stopped
- `length`: as many tokens as `max_tokens` allows, 16 if it says nothing, and the end that says so
"""


class Rule(Node, frozen=True, kw_only=True):
    """When it applies, what is said then, and what goes wrong."""

    model: str = "*"
    """A pattern such as `gpt-4*`."""
    path: str = "*"
    """A pattern for the path of the URL, such as `*/embeddings`."""
    contains: str = ""
    """Words in the user's last message, or in the texts to embed."""
    times: int | None = None
    """How often the rule applies; then it is used up, and the next ones decide."""

    reply: Answer = "auto"
    text: str | None = None
    """What is said; `reply` is `text` then."""
    tool: str | None = None
    """The tool that is called."""
    think: str = ""
    """Reasoning before the answer."""

    fail: int | None = None
    """The status of an error, from 400 on, in place of an answer."""
    message: str | None = None
    """What the error says."""
    retry_after: float | None = None
    """The seconds that a client is told to wait after the error."""

    delay: float = 0.0
    """Seconds before each event."""
    stall: float = 0.0
    """Seconds of silence."""
    after: int = 0
    """Events before the silence; 0 is before everything, the headers included."""
    cut: int | None = None
    """Events after which the reply ends, before its time."""
    cut_bytes: int | None = None
    """Bytes of the body after which the reply ends."""
    end: Literal["drop", "clean"] = "drop"
    """How a reply that is cut ends: with the connection, or as if it were whole."""

    def applies(self, model: str, path: str, text: str) -> bool:
        """Whether the rule is for such a request."""
        return fnmatchcase(model, self.model) and fnmatchcase(path, self.path) and self.contains in text

    @property
    def kind(self) -> Answer:
        """What is said."""
        if self.reply != "auto":
            return self.reply
        return "text" if self.text is not None else "tool_call" if self.tool is not None else "auto"


ECHO: Final = Rule()
"""What decides where no rule applies."""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    rules: tuple[Rule, ...]


def read_rules(content: str, where: str, *, json: bool = False) -> Outcome[tuple[Rule, ...]]:
    """The rules of a file, in TOML (tables `[[rules]]`) or JSON (`{"rules": [...]}`); `where` names it in errors."""
    try:
        table: object = msgspec.json.decode(content) if json else tomllib.loads(content)
        found = msgspec.convert(table, _File).rules
    except (tomllib.TOMLDecodeError, msgspec.DecodeError) as cause:
        return Failure(BadConfig(where=where, detail=str(cause)))
    return checked(found, where)


def read_rule(text: str, where: str) -> Outcome[Rule]:
    """One rule as it is written on a command line: pairs as in TOML, or only what is said.

    >>> read_rule('fail = 429, times = 2, retry_after = 0.5', "--rule").unwrap().times
    2
    >>> read_rule("echo", "--rule").unwrap().reply
    'echo'
    """
    pairs = text if "=" in text else f'reply = "{text.strip()}"'
    try:
        # By itself first, so that what closes the braces early is no second rule.
        table: object = {"rules": [tomllib.loads(f"rule = {{{pairs}}}")["rule"]]}
        found = msgspec.convert(table, _File).rules
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as cause:
        return Failure(BadConfig(where=where, detail=f"`{text}`: {cause}"))
    return mapped(checked(found, where), lambda rules: rules[0])


def checked(rules: Sequence[Rule], where: str) -> Outcome[tuple[Rule, ...]]:
    """The rules, unless one contradicts itself."""
    for at, rule in enumerate(rules):
        for flaw in _flaws(rule):
            return Failure(BadConfig(where=where, detail=f"$.rules[{at}].{flaw}"))
    return Success(tuple(rules))


def _flaws(rule: Rule) -> Iterator[str]:
    """What is wrong with a rule, each beginning with its field."""
    yield from _contradictions(rule)
    yield from _out_of_range(rule)


def _contradictions(rule: Rule) -> Iterator[str]:
    claims = (
        ("text", rule.text is not None and rule.kind != "text", f"nothing says it beside `reply = {rule.reply}`"),
        ("text", rule.reply == "text" and rule.text is None, "`reply = text` needs it"),
        ("tool", rule.tool is not None and rule.kind != "tool_call", f"nothing calls it beside `reply = {rule.kind}`"),
        ("message", rule.message is not None and rule.fail is None, "only an error has it; say `fail`"),
        ("retry_after", rule.retry_after is not None and rule.fail is None, "only an error has it; say `fail`"),
        ("after", rule.after > 0 and not rule.stall, "there is no `stall`"),
        ("cut", rule.cut is not None and rule.cut_bytes is not None, "`cut_bytes` cuts as well; say one of them"),
        ("end", rule.end != "drop" and rule.cut is None and rule.cut_bytes is None, "nothing is cut; say `cut`"),
    )
    yield from (f"{name}: {why}" for name, is_so, why in claims if is_so)


def _out_of_range(rule: Rule) -> Iterator[str]:
    if rule.fail is not None and not 400 <= rule.fail <= 599:
        yield f"fail: {rule.fail} is no status of an error, which are from 400 to 599"
    for name, value in (("delay", rule.delay), ("stall", rule.stall), ("retry_after", rule.retry_after or 0.0)):
        if not (math.isfinite(value) and value >= 0):
            yield f"{name}: {value} is no number of seconds"
    counts = (
        ("times", rule.times, 1),
        ("cut", rule.cut, 0),
        ("cut_bytes", rule.cut_bytes, 0),
        ("after", rule.after, 0),
    )
    for name, count, least in counts:
        if count is not None and count < least:
            yield f"{name}: {count} is less than {least}"
