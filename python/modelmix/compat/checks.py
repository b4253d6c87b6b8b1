"""Assertions on answers: each gives a flaw for what does not hold, and nothing where all is well."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Final

from msgspec.structs import asdict

from modelmix.accumulate import fold
from modelmix.ast.event import Event, Failed, Finished, Started
from modelmix.ast.model import Pricing
from modelmix.ast.response import Response
from modelmix.ast.usage import Usage
from modelmix.compat.scenario import Answered, Flaw
from modelmix.errors import MixError
from modelmix.explanation import explain
from modelmix.ingest.replies import read_reply
from modelmix.outcome import Outcome, either

_SHOWN: Final = 2000
_DATE: Final = re.compile(r"-(?:latest|\d{8}|\d{4}-\d{2}-\d{2}|\d{4})$")
_NAMED: Final = frozenset({"openai-chat", "openai-responses", "anthropic-messages"})
"""Dialects whose every reply has an id; Google and Ollama give none, or not always."""


def shown(value: object) -> str:
    """A value for a person to read: what is longer than a screen is cut, and says so."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}… ({len(text)} characters)"


def flaw(about: str, expected: str, came: object) -> Flaw:
    """An assertion that does not hold."""
    return Flaw(about=about, expected=expected, came=shown(came))


def has_text(response: Response) -> Iterator[Flaw]:
    """The answer has words in it."""
    if not response.text.strip():
        yield flaw("text", "a text that is not empty", response.text)


def finished(response: Response, *reasons: str) -> Iterator[Flaw]:
    """The answer ended for one of these reasons."""
    if response.finish not in reasons:
        yield flaw("finish", " or ".join(reasons), f"{response.finish} (the provider says {response.raw_finish!r})")


def right_model(answered: Answered) -> Iterator[Flaw]:
    """The reply has its id, and comes from the model that was asked, which a provider may name with its date."""
    response, target = answered.response, answered.call.target
    if answered.call.dialect in _NAMED and not response.id:
        yield flaw("id", "an id of the reply", response.id)
    said = response.model
    if said is None:
        if answered.call.dialect in _NAMED:
            yield flaw("model", target.model, None)
    elif not _kin(target.model, said):
        yield flaw("model", target.model, said)


def _kin(asked: str, said: str) -> bool:
    """Whether two names are of one model: alike up to a vendor before it, and a date or tag after it."""
    one, other = _stem(asked), _stem(said)
    return one.startswith(other) or other.startswith(one)


def _stem(name: str) -> str:
    return _DATE.sub("", name.rpartition("/")[2].lower().partition("@")[0])


def basic(answered: Answered) -> Iterator[Flaw]:
    """Words, a good end, and the right sender."""
    yield from has_text(answered.response)
    yield from finished(answered.response, "stop")
    yield from right_model(answered)


def streamed(answered: Answered) -> Iterator[Flaw]:
    """One beginning, one end, and the message that the same bytes make when nobody looks at their events."""
    response, events = answered.response, answered.events
    yield from has_text(response)
    yield from finished(response, "stop")
    starts = [index for index, event in enumerate(events) if isinstance(event, Started)]
    if len(starts) > 1:
        yield flaw("events", "one Started at most", f"Started at {starts}")
    yield from ended_once(events)
    yield from same("the folded events", fold(events), response)
    call = answered.call
    whole = read_reply([answered.body], dialect=call.dialect, tags=call.tags)
    yield from same("the same bytes read without events", whole, response)


def ended_once(events: Sequence[Event]) -> Iterator[Flaw]:
    """There is one terminal event, and nothing after it."""
    ends = [index for index, event in enumerate(events) if isinstance(event, Finished | Failed)]
    if ends != [len(events) - 1]:
        yield flaw("events", "exactly one terminal event, the last", f"terminal events at {ends} of {len(events)}")


def same(about: str, other: Outcome[Response], response: Response) -> Iterator[Flaw]:
    """Two ways to read a reply come to one response."""
    facts: dict[str, object] = either(other, _facts, _no_facts)
    for name, value in _facts(response).items():
        if facts.get(name) != value:
            yield flaw(f"{about}: {name}", shown(value), facts.get(name, facts.get("error")))


def _no_facts(error: MixError) -> dict[str, object]:
    return {"error": explain(error).summary}


def _facts(response: Response) -> dict[str, object]:
    return {name: getattr(response, name) for name in ("parts", "finish", "raw_finish", "usage", "id", "model")}


def limited(answered: Answered) -> Iterator[Flaw]:
    """No more tokens than were allowed, and an end that says so unless the answer is whole."""
    response, limit = answered.response, answered.call.max_tokens or 0
    yield from finished(response, "length", "stop")
    if response.usage.output is None:
        # A word between spaces is one token at least, so that this never accuses wrongly.
        if len(response.text.split()) > limit:
            yield flaw("output", f"at most {limit} tokens", f"{len(response.text.split())} words")
    elif response.usage.output > limit:
        yield flaw("usage.output", f"at most {limit}", response.usage.output)
    if response.finish == "stop":
        yield from has_text(response)


def counted(answered: Answered) -> Iterator[Flaw]:
    """Counts that are there and agree with each other, and the cost that follows from them."""
    response, entry = answered.response, answered.call.target.entry
    yield from counts(response.usage)
    expected = bill(response.usage, None if entry is None else entry.pricing)
    came = None if response.cost is None else Fraction(response.cost.total)
    if expected != came:
        wanted = "None, since no price is known" if expected is None else f"{float(expected):.10f} dollars"
        yield flaw("cost", wanted, None if came is None else f"{float(came):.10f} dollars")


def counts(usage: Usage) -> Iterator[Flaw]:
    """Positive counts; parts no larger than their whole; a total that is the sum."""
    taken, given = usage.input, usage.output
    for name, count in (("input", taken), ("output", given)):
        if count is None or count <= 0:
            yield flaw(f"usage.{name}", "a positive number", count)
    yield from agreeing(usage)


def agreeing(usage: Usage) -> Iterator[Flaw]:
    """Parts no larger than their whole, and a total that is the sum, as far as they are told."""
    taken, given = usage.input, usage.output
    if taken is None or given is None:
        return
    if usage.total is not None and usage.total != taken + given:
        yield flaw("usage.total", f"{taken} + {given} = {taken + given}", usage.total)
    for name, whole, part in (
        ("cache_read + cache_write", taken, (usage.cache_read or 0) + (usage.cache_write or 0)),
        ("audio_input", taken, usage.audio_input or 0),
        ("reasoning", given, usage.reasoning or 0),
        ("audio_output", given, usage.audio_output or 0),
    ):
        if not 0 <= part <= whole:
            yield flaw(f"usage.{name}", f"from 0 to {whole}", part)


def bill(usage: Usage, pricing: Pricing | None) -> Fraction | None:
    """What the counts cost in dollars by the catalogue's rates; written apart from `modelmix.cost`, to hold it to that.

    Every token is charged once: at the rate of its kind where there is one, else at that of its side.
    """
    if pricing is None or usage.input is None or usage.output is None:
        return None
    rates = {name: Fraction(rate) for name, rate in _rates(pricing, usage.input).items() if rate is not None}
    if "input" not in rates or "output" not in rates:
        return None
    total = Fraction(0)
    for side, whole, kinds in (
        ("input", usage.input, ("cache_read", "cache_write", "audio_input")),
        ("output", usage.output, ("reasoning", "audio_output")),
    ):
        special = {kind: getattr(usage, kind) or 0 for kind in kinds if kind in rates}
        total += sum((count * rates[kind] for kind, count in special.items()), start=Fraction(0))
        total += (whole - sum(special.values())) * rates[side]
    return total / 1_000_000


def _rates(pricing: Pricing, tokens: int) -> dict[str, Decimal | None]:
    rates: dict[str, Decimal | None] = {name: rate for name, rate in asdict(pricing).items() if name != "tiers"}
    reached = [tier for tier in pricing.tiers if tokens > tier.above]
    for tier in sorted(reached, key=lambda tier: tier.above)[-1:]:
        rates |= {name: rate for name, rate in asdict(tier.pricing).items() if name != "tiers" and rate is not None}
    return rates
