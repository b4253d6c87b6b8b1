"""What is told of models: nothing that the catalogue says acts on a terminal, and prices stay exact."""

import json
from decimal import Decimal
from typing import Final

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.model import Capabilities, Limits, Model, Pricing, Tier
from modelmix.card import Access, Card
from modelmix.cli.facts import carded, columns, encoded, key_words, listed, page
from modelmix.cli.listing import table
from modelmix.errors import BadConfig
from modelmix.keys import STORED

EVIL: Final = "a\x1b[31m\nb\u202ec"
TAMED: Final = "a␛[31m b�c"
HOSTILE: Final = Model(
    provider=EVIL,
    id=EVIL,
    name=EVIL,
    capabilities=Capabilities(input=(EVIL,), output=("text", EVIL)),
    released=EVIL,
    updated=EVIL,
    knowledge=EVIL,
    family=EVIL,
    status=EVIL,
)
WAY: Final = Access(provider="p", name=EVIL, variables=(EVIL,), place=None)


def acts(text: str) -> bool:
    return any(letter in text for letter in "\x1b\u202e")


def test_what_the_catalogue_says_cannot_act() -> None:
    rows = table(columns([HOSTILE]), titled=True)
    trouble = BadConfig(where=EVIL, detail=EVIL)
    change = Adaptation(field="model", action="changed", into=EVIL, why=EVIL)
    told = page(
        Card(spec=EVIL, entry=HOSTILE, access=WAY, source=EVIL, adaptations=(change,), base_url=EVIL, trouble=trouble)
    )
    assert not acts(rows + told)
    assert len(rows.splitlines()) == 2
    assert told.count(TAMED) >= 12
    assert not acts(page(Card(spec=EVIL, entry=None, access=WAY, source="")))


PRICED: Final = Model(
    provider="p",
    id="m",
    limits=Limits(context=200_000, input=150_000),
    pricing=Pricing(
        input=Decimal("0.10"),
        output=Decimal(3),
        tiers=(Tier(above=128_000, pricing=Pricing(input=Decimal("0.123456789"))),),
    ),
    open_weights=True,
)


def test_prices_are_exact_numbers_and_tiers_are_listed() -> None:
    found = json.loads(encoded(listed(PRICED)), parse_float=Decimal)
    assert (found["price"]["input"], found["price"]["output"]) == (Decimal("0.10"), 3)
    assert found["price"]["cache_read"] is None
    (tier,) = found["price"]["tiers"]
    assert (tier["above"], tier["input"], tier["output"]) == (128_000, Decimal("0.123456789"), None)


def test_a_page_has_limits_tiers_and_weights_where_they_are_known() -> None:
    told = page(Card(spec="p:m", entry=PRICED, access=WAY, source="here"))
    for line in (
        "  context     200,000 tokens\n",
        "  input       150,000 tokens\n",
        "  price       $0.10 input, $3.00 output per million tokens\n",
        "  above 128k  $0.123456789 input\n",
        "  unknown     tools, reasoning, json, temperature, attachments\n",
        "  weights     open\n",
    ):
        assert line in told
    assert "  can " not in told


def test_an_unpriced_model_is_not_free() -> None:
    told = page(Card(spec="p:m", entry=Model(provider="p", id="m"), access=WAY, source=""))
    assert "  price    unknown\n" in told


KEYS: dict[str, tuple[Access, str]] = {
    "missing": (Access(provider="p", name="P", variables=("A", "B"), place=None), "not set: A, B"),
    "missing, without a variable": (Access(provider="p", name="P", variables=(), place=None), "not set: mm keys set p"),
    "in a variable": (Access(provider="p", name="P", variables=("A",), place="A"), "set in A"),
    "stored": (Access(provider="p", name="P", variables=("A",), place=STORED), "in the config file"),
    "not needed": (Access(provider="p", name="P", variables=(), place=None, required=False), "none needed"),
    "kept at home": (
        Access(provider="p", name="P", variables=("A",), place="A", moved=True),
        "set in A, which is not sent to another host than its own",
    ),
}


def test_a_key_is_told_by_its_place() -> None:
    assert {name: key_words(way) for name, (way, _) in KEYS.items()} == {name: said for name, (_, said) in KEYS.items()}


def test_a_card_of_an_unlisted_model_has_only_the_way_to_it() -> None:
    found = carded(Card(spec="p:m", entry=None, access=WAY, source="s"))
    assert (found["spec"], found["listed"], "price" in found) == ("p:m", False, False)
