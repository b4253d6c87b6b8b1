"""What one try of a call may cost at most, and why that is unknown where it is."""

from decimal import Decimal
from typing import Final

import pytest
from hypothesis import given, settings, strategies as st
from msgspec.structs import replace

from modelmix.ast.content import CachePoint, Image, Text, Url
from modelmix.ast.embedding import EmbedRequest
from modelmix.ast.message import Message, User, user
from modelmix.ast.model import Capabilities, Limits, Model, Pricing, Tier
from modelmix.ast.options import Extra, Options, extra
from modelmix.ast.request import Request
from modelmix.ast.response import Cost, Unpriced
from modelmix.ast.tool import ToolSpec
from modelmix.ast.usage import Usage
from modelmix.call import Call, plan
from modelmix.cost import price
from modelmix.embedding import plan_embed
from modelmix.providers.load import built_in
from modelmix.worst import Worst, worst_case
from unit.making import call, target

PRICING: Final = Pricing(input=Decimal(1), output=Decimal(2))
ENTRY: Final = Model(provider="openai", id="gpt-4o", limits=Limits(context=8000, output=1000), pricing=PRICING)
UNSEEN: Final = 256
"""Tokens that OpenAI may put before a prompt."""

UNLISTED: Final = Unpriced(why="unlisted")


def asked(
    entry: Model | None,
    *said: Message,
    max_tokens: int | None = None,
    options: Extra = (),
    tools: tuple[ToolSpec, ...] = (),
    provider: str = "openai",
    model: str = "gpt-4o",
) -> Call:
    request = Request(
        messages=said or (user("Hello."),), tools=tools, options=Options(max_tokens=max_tokens, extra=options)
    )
    return plan(request, target(provider, model, entry=entry)).unwrap()


BOUNDS: dict[str, tuple[Model | None, int | None, int | None, str | None, str | None]] = {
    # entry, limit asked for: tokens of output, cost of the output in dollars, why there is none
    "the model's limit": (ENTRY, None, 1000, "0.002", None),
    "the limit asked for": (ENTRY, 10, 10, "0.00002", None),
    "no limit known": (replace(ENTRY, limits=Limits(context=8000)), None, None, None, "no_limit"),
    "no limit known, but one asked for": (replace(ENTRY, limits=Limits()), 5, 5, "0.00001", None),
    "no price known": (replace(ENTRY, pricing=Pricing()), None, 1000, None, "no_price"),
    "no price of the output": (replace(ENTRY, pricing=Pricing(input=Decimal(1))), 7, 7, None, "no_price"),
    "a free model": (replace(ENTRY, pricing=Pricing(input=Decimal(0), output=Decimal(0))), None, 1000, "0", None),
    "no model known": (None, 5, 5, None, "unlisted"),
    "nothing known": (None, None, None, None, "unlisted"),
}


@pytest.mark.parametrize(("entry", "limit", "output", "beyond_input", "why"), BOUNDS.values(), ids=BOUNDS)
def test_an_answer_is_no_longer_than_its_limit(
    entry: Model | None, limit: int | None, output: int | None, beyond_input: str | None, why: str | None
) -> None:
    made = asked(entry, max_tokens=limit)
    found = worst_case(made)
    assert (found.input, found.output) == (len(made.body) + UNSEEN, output)
    assert (None if found.why is None else found.why.why) == why
    if beyond_input is None:
        assert found.cost is None
    else:
        rate = Decimal(0) if entry is None else entry.pricing.input or Decimal(0)
        assert found.cost == Decimal(beyond_input) + (len(made.body) + UNSEEN) * rate / 10**6


RESERVES = {
    "one that adds little": ("mistral", 256),
    "one that publishes what it adds": ("anthropic", 1024),
    "one that may add much": ("openrouter", 2048),
}


@pytest.mark.parametrize(("provider", "reserve"), RESERVES.values(), ids=RESERVES)
def test_what_is_put_before_a_prompt_is_reckoned_with(provider: str, reserve: int) -> None:
    made = asked(replace(ENTRY, limits=Limits(output=1)), provider=provider)
    assert worst_case(made).input == len(made.body) + reserve


LOOK: Final = User((Text("What is this?"), Image(Url("https://example.com/cat.png"))))

INPUTS: dict[str, tuple[tuple[Message, ...], Limits, int | None]] = {
    # messages, limits: the most tokens of input; None is the length of the body and what is unseen
    "text": ((user("Hello."),), Limits(context=8000), None),
    "more text than the window": ((user("word " * 5000),), Limits(context=8000), 8000),
    "more text than may go in": ((user("word " * 5000),), Limits(context=8000, input=6000), 6000),
    "a picture by its address": ((LOOK,), Limits(context=8000), 8000),
    "a picture, with a limit on input": ((LOOK,), Limits(context=8000, input=6000), 6000),
}


@pytest.mark.parametrize(("said", "limits", "expected"), INPUTS.values(), ids=INPUTS)
def test_the_window_bounds_what_bytes_do_not(said: tuple[Message, ...], limits: Limits, expected: int | None) -> None:
    made = asked(replace(ENTRY, limits=limits), *said, max_tokens=1)
    assert worst_case(made).input == (len(made.body) + UNSEEN if expected is None else expected)


def test_a_picture_without_a_window_may_cost_anything() -> None:
    found = worst_case(asked(replace(ENTRY, limits=Limits(output=10)), LOOK))
    assert found == Worst(input=None, output=10, cost=None, why=Unpriced(why="no_window"))


DEAREST: dict[str, tuple[Pricing, tuple[Message, ...], str, str]] = {
    # rates, messages: the rate of each token in and out
    "as they are": (PRICING, (), "1", "2"),
    "writing to a cache": (replace(PRICING, cache_write=Decimal("1.25")), (), "1.25", "2"),
    "a cache that is cheaper": (replace(PRICING, cache_write=Decimal("0.1"), cache_read=Decimal("0.1")), (), "1", "2"),
    "a cache that lasts an hour": (
        replace(PRICING, cache_write=Decimal("1.25")),
        (User((Text("Hello."), CachePoint("1h"))),),
        "2",
        "2",
    ),
    "reasoning": (replace(PRICING, reasoning=Decimal(3)), (), "1", "3"),
    "audio to come": (replace(PRICING, audio_output=Decimal(80)), (), "1", "80"),
    "audio, but there is only text": (replace(PRICING, audio_input=Decimal(40)), (), "1", "2"),
    "audio, and there may be some": (replace(PRICING, audio_input=Decimal(40)), (LOOK,), "40", "2"),
    "a dearer tier that is reached": (
        replace(PRICING, tiers=(Tier(above=100, pricing=Pricing(input=Decimal(5), output=Decimal(7))),)),
        (),
        "5",
        "7",
    ),
    "a cheaper tier that is reached": (
        replace(PRICING, tiers=(Tier(above=100, pricing=Pricing(input=Decimal("0.5"))),)),
        (),
        "1",
        "2",
    ),
    "a dearer tier that is not": (
        replace(PRICING, tiers=(Tier(above=8000, pricing=Pricing(input=Decimal(5))),)),
        (),
        "1",
        "2",
    ),
}


@pytest.mark.parametrize(("pricing", "said", "into", "out"), DEAREST.values(), ids=DEAREST)
def test_each_token_costs_the_dearest_that_it_may(
    pricing: Pricing, said: tuple[Message, ...], into: str, out: str
) -> None:
    made = asked(
        replace(ENTRY, pricing=pricing), *said, max_tokens=100, provider="anthropic" if "1h" in str(said) else "openai"
    )
    found = worst_case(made)
    assert found.input is not None
    assert found.cost == (found.input * Decimal(into) + 100 * Decimal(out)) / 10**6


THINKING: dict[str, tuple[str, str, bool | None, int | None]] = {
    # provider, model, whether it reasons: tokens of output at a limit of 20, in a window of 8,000
    "its reasoning is within the limit": ("openai", "gpt-5", True, 20),
    "its reasoning goes on beyond it": ("xai", "grok-3-mini", True, 8000),
    "the same elsewhere": ("openrouter", "x-ai/grok-4", True, 8000),
    "it may reason": ("xai", "grok-9", None, 8000),
    "it does not reason": ("xai", "grok-2", False, 20),
    "several answers for one": ("openai", "o1-pro", True, 8000),
}


@pytest.mark.parametrize(("provider", "model", "reasons", "output"), THINKING.values(), ids=THINKING)
def test_a_limit_counts_only_where_it_holds(
    provider: str,
    model: str,
    reasons: bool | None,  # noqa: FBT001 - a column of the table
    output: int,
) -> None:
    entry = replace(ENTRY, capabilities=Capabilities(reasoning=reasons))
    assert worst_case(asked(entry, max_tokens=20, provider=provider, model=model)).output == output


UNKNOWN: dict[str, tuple[Model, str, str, Extra, Unpriced]] = {
    "a faster tier": (
        ENTRY,
        "openai",
        "gpt-4o",
        extra(service_tier="priority"),
        Unpriced(why="option", what="service_tier"),
    ),
    "an option that nobody knows": (ENTRY, "openai", "gpt-4o", extra(boost=1), Unpriced(why="option", what="boost")),
    "a search": (
        ENTRY,
        "openai",
        "gpt-4o",
        extra(web_search_options={}),
        Unpriced(why="option", what="web_search_options"),
    ),
    "a model that searches": (ENTRY, "perplexity", "sonar", (), Unpriced(why="fee")),
    "one that is reached through another": (ENTRY, "openrouter", "perplexity/sonar", (), Unpriced(why="fee")),
    "a model that draws": (
        replace(ENTRY, capabilities=Capabilities(output=("text", "image"))),
        "openai",
        "gpt-4o",
        (),
        Unpriced(why="media", what="image"),
    ),
    "a model that speaks at no known price": (
        replace(ENTRY, capabilities=Capabilities(output=("text", "audio"))),
        "openai",
        "gpt-4o",
        (),
        Unpriced(why="media", what="audio"),
    ),
}


@pytest.mark.parametrize(("entry", "provider", "model", "options", "why"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_may_be_billed_besides_tokens_makes_it_unknown(
    entry: Model, provider: str, model: str, options: Extra, why: Unpriced
) -> None:
    found = worst_case(asked(entry, provider=provider, model=model, options=options))
    assert (found.cost, found.why) == (None, why)


def test_several_answers_cost_as_often() -> None:
    once, thrice = (worst_case(asked(ENTRY, max_tokens=10, options=extra(n=count))) for count in (1, 3))
    assert (once.output, thrice.output) == (10, 30)
    assert once.cost is not None
    assert thrice.cost == once.cost + 20 * Decimal(2) / 10**6


def test_a_model_on_this_machine_costs_nothing() -> None:
    found = worst_case(call(target("local", "smollm2", key=None)))
    assert (found.cost, found.why) == (Decimal(0), None)


def test_vectors_cost_no_more_than_the_bytes_of_their_texts() -> None:
    entry = replace(ENTRY, pricing=Pricing(input=Decimal("0.02")))
    (made,) = plan_embed(EmbedRequest(texts=("a", "b")), target("openai", "e", entry=entry)).unwrap()
    size = len(made.body)
    assert worst_case(made) == Worst(input=size, output=0, cost=size * Decimal("0.02") / 10**6)
    bare = replace(made, target=target("openai", "e"))
    assert worst_case(bare) == Worst(input=size, output=0, cost=None, why=UNLISTED)


@settings(deadline=None)
@given(
    text=st.text(max_size=400),
    limit=st.integers(1, 5000),
    share=st.floats(0, 1),
    cached=st.floats(0, 1),
    rates=st.lists(st.decimals(0, 100, places=4), min_size=7, max_size=7),
    above=st.integers(0, 3000),
)
def test_no_bill_is_beyond_the_worst_case(
    text: str, limit: int, share: float, cached: float, rates: list[Decimal], above: int
) -> None:
    """Whatever part of the bytes are tokens, and whatever they are billed as."""
    names = ("input", "output", "cache_read", "cache_write", "reasoning")
    tier = Tier(above=above, pricing=Pricing(input=rates[5], output=rates[6]))
    pricing = Pricing(**dict(zip(names, rates, strict=False)), tiers=(tier,))
    made = asked(replace(ENTRY, limits=Limits(), pricing=pricing), user(text), max_tokens=limit)
    most = worst_case(made)
    tokens, written = int(len(made.body) * share), int(limit * share)
    usage = Usage(
        input=tokens,
        output=written,
        cache_read=int(tokens * cached),
        cache_write=tokens - int(tokens * cached),
        reasoning=int(written * cached),
    )
    actual = price(usage, pricing)
    assert isinstance(actual, Cost)
    assert most.cost is not None
    assert actual.total <= most.cost


def test_every_built_in_provider_sends_bodies_that_can_be_bounded() -> None:
    for name in ("anthropic", "cerebras", "deepseek", "google", "groq", "minimax", "mistral", "openai", "togetherai"):
        tools = (ToolSpec(name="clock"),)
        found = worst_case(asked(replace(ENTRY, provider=built_in(name).id), provider=name, max_tokens=10, tools=tools))
        assert found.why is None, name
