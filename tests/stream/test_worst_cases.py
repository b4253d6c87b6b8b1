"""No recorded call has cost more than the most that its request was said to cost.

The body that was sent is looked at as one of ours would be; the tokens are those that the provider counted.
"""

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import cast

from msgspec import Struct, convert
from msgspec.structs import replace

from modelmix.ast.request import Request
from modelmix.ast.response import Cost, Unpriced
from modelmix.ast.usage import Usage
from modelmix.call import Call
from modelmix.catalog.catalog import Catalog
from modelmix.cost import price
from modelmix.decode import DIALECTS, DialectName
from modelmix.providers.load import built_in
from modelmix.spec import Spec
from modelmix.worst import worst_case
from stream.recordings import RECORDED, Expected, reader
from unit.making import target


class _Sent(Struct):
    """A request; what is left out of it is told in `elided`."""

    body: dict[str, object] | str | None = None
    elided: object = None
    body_dropped: object = None


class _Exchange(Struct):
    id: str
    provider: str
    dialect: str
    model: str | None
    request: _Sent | None
    expected: Expected


def exchanges(shared: Path) -> Iterator[tuple[_Exchange, Call, Usage]]:
    """Calls of listed models with the tokens that they came to."""
    ours: dict[str, DialectName] = {name: dialect for dialect in DIALECTS for name in RECORDED[dialect]}
    for record in reader(shared).records(str(shared / "recordings" / "dev")):
        if record["dialect"] not in ours:
            continue
        one = convert(record, _Exchange)
        sent, full = one.request, one.expected.usage_full
        if sent is None or sent.elided or sent.body_dropped or not isinstance(sent.body, dict):
            continue
        if one.model is None or full.input_total is None or full.output_total is None:
            continue
        found = Catalog().find_known(Spec(one.provider, one.model)).unwrap()
        if found is None:
            continue
        row = replace(built_in("openai"), id=one.provider)
        body = json.dumps(sent.body, ensure_ascii=False, separators=(",", ":")).encode()
        call = Call(
            request=Request(messages=()),
            method="POST",
            url="",
            headers=(),
            body=body,
            target=target(row, one.model, entry=found.model),
            adaptations=(),
            dialect=ours[one.dialect],
            tags="none",
            max_tokens=None,
        )
        counts = one.expected.usage
        yield (
            one,
            call,
            Usage(
                input=full.input_total,
                output=full.output_total,
                cache_read=counts.cached_input,
                cache_write=counts.cache_write,
                reasoning=counts.reasoning,
            ),
        )


def test_no_recorded_call_cost_more_than_its_worst_case(shared: Path) -> None:
    verdicts: Counter[str] = Counter()
    beyond: list[str] = []
    for one, call, usage in exchanges(shared):
        entry = call.target.entry
        actual, most = price(usage, None if entry is None else entry.pricing), worst_case(call)
        if isinstance(actual, Unpriced) or most.cost is None:
            verdicts["unknown"] += 1
            continue
        verdicts["bounded"] += 1
        within = (
            actual.total <= most.cost,
            (usage.input or 0) <= (most.input or 0),
            (usage.output or 0) <= (most.output or 0),
        )
        if not all(within):
            beyond.append(f"{one.id}: {usage.input}→{usage.output} tokens, ${actual.total}, beyond {most}")
    assert not beyond, "\n".join(beyond)
    # Most of them are plain calls; what is unknown uses searches and the like.
    assert verdicts["bounded"] > 10 * verdicts["unknown"] > 0


def told(one: _Exchange) -> Decimal | None:
    """What the provider says that it bills, in dollars: `cost`, or ten billionths of them at xAI."""
    raw = one.expected.usage_raw or {}
    cost, ticks = raw.get("cost"), raw.get("cost_in_usd_ticks")
    if isinstance(cost, dict):
        cost = cast("dict[str, object]", cost).get("total_cost")
    if isinstance(ticks, int):
        return Decimal(ticks) / 10**10
    return Decimal(str(cost)) if isinstance(cost, int | float) else None


def test_what_providers_say_they_billed_is_within_the_worst_case(shared: Path) -> None:
    seen = 0
    for one, call, _ in exchanges(shared):
        bill, most = told(one), worst_case(call)
        if bill is None or most.cost is None:
            continue
        seen += 1
        assert bill <= most.cost, one.id
    assert seen > 150


def test_our_price_is_what_xai_says_it_billed(shared: Path) -> None:
    seen = 0
    for one, call, usage in exchanges(shared):
        bill, entry = told(one), call.target.entry
        searches = (one.expected.usage_raw or {}).get("num_server_side_tools_used")
        if one.provider == "xai" and bill is not None and entry is not None and not searches:
            cost = price(usage, entry.pricing)
            assert isinstance(cost, Cost)
            assert cost.total == bill, one.id
            seen += 1
    assert seen > 20
