"""Batches within the limits, requests that cannot be asked, and several replies as one result."""

from array import array
from decimal import Decimal
from typing import Final

import msgspec
import pytest

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.content import JsonText
from modelmix.ast.embedding import Embeddings, EmbedRequest
from modelmix.ast.model import Model, Pricing
from modelmix.ast.options import extra
from modelmix.ast.response import Cost, CostItem, Response, Timing
from modelmix.ast.usage import Usage
from modelmix.call import EmbedCall, Target
from modelmix.embedding import embedded, joined, plan_embed
from modelmix.errors import BadRequest
from modelmix.providers.provider import Embedding, Provider
from modelmix.vectors import VectorReader


def provider(**limits: int) -> Provider:
    return Provider(
        id="acme",
        name="Acme",
        dialect="openai-chat",
        base_url="https://acme.example/v1",
        embeddings="openai",
        embedding=msgspec.convert(limits, Embedding),
    )


def target(row: Provider, pricing: Pricing | None = None) -> Target:
    entry = None if pricing is None else Model(provider="acme", id="m", pricing=pricing)
    return Target(provider=row, model="m", base_url=row.base_url, entry=entry, spec="acme:m")


def inputs(calls: tuple[EmbedCall, ...]) -> list[list[str]]:
    return [msgspec.json.decode(call.body)["input"] for call in calls]


BATCHES: Final[dict[str, tuple[dict[str, int], tuple[str, ...], list[list[str]]]]] = {
    "no limit, one request": ({}, ("a", "b", "c"), [["a", "b", "c"]]),
    "as many texts as are taken": ({"texts": 2}, ("a", "b", "c"), [["a", "b"], ["c"]]),
    "a full batch is the last": ({"texts": 2}, ("a", "b"), [["a", "b"]]),
    "no more bytes than tokens are taken": ({"tokens": 4}, ("ab", "cd", "e"), [["ab", "cd"], ["e"]]),
    "bytes are counted, not characters": ({"tokens": 4}, ("éé", "e"), [["éé"], ["e"]]),
    "a text that is too long goes alone": ({"tokens": 3}, ("a", "long", "b"), [["a"], ["long"], ["b"]]),
    "both limits": ({"texts": 2, "tokens": 3}, ("a", "b", "c", "dd"), [["a", "b"], ["c", "dd"]]),
}


@pytest.mark.parametrize(("limits", "texts", "batches"), BATCHES.values(), ids=BATCHES)
def test_texts_are_sent_in_batches(limits: dict[str, int], texts: tuple[str, ...], batches: list[list[str]]) -> None:
    calls = plan_embed(EmbedRequest(texts=texts), target(provider(**limits))).unwrap()
    assert inputs(calls) == batches
    assert [call.texts for call in calls] == [len(batch) for batch in batches]


FLAWS: Final = {
    "no texts": (EmbedRequest(texts=()), "texts"),
    "an empty text": (EmbedRequest(texts=("a", "")), "texts[1]"),
    "no dimensions": (EmbedRequest(texts=("a",), dimensions=0), "dimensions"),
    "half a character": (EmbedRequest(texts=("\ud83d",)), "texts"),
    "an option that is the call itself": (EmbedRequest(texts=("a",), extra=extra(input="b")), "input"),
    "an option that is no JSON": (EmbedRequest(texts=("a",), extra=(("user", JsonText("{")),)), "user"),
}


@pytest.mark.parametrize(("request_", "field"), FLAWS.values(), ids=FLAWS)
def test_what_cannot_be_asked_is_a_typed_error(request_: EmbedRequest, field: str) -> None:
    problem = plan_embed(request_, target(provider())).failure()
    assert isinstance(problem, BadRequest)
    assert problem.field == field


def test_a_result_tells_what_is_known_of_its_call() -> None:
    row = provider()
    (call,) = plan_embed(EmbedRequest(texts=("a",)), target(row, Pricing(input=Decimal("0.5")))).unwrap()
    reader = VectorReader(call.wire)
    reader.absorb(b'{"data":[{"embedding":[1,2]}]}')
    reader.finish()
    response = Response(model="m-1", spec="acme:m", usage=Usage(input=4, total=4), attempts=2, timing=Timing(total=0.5))
    assert embedded(call, response, reader) == Embeddings(
        vectors=(array("f", [1, 2]),),
        usage=Usage(input=4, total=4),
        cost=Cost((CostItem(name="input", tokens=4, rate=Decimal("0.5"), amount=Decimal("0.000002")),)),
        model="m-1",
        spec="acme:m",
        attempts=2,
        seconds=0.5,
    )


def test_several_replies_are_one_result() -> None:
    note = Adaptation(field="task", action="dropped", why="so")
    item = CostItem(name="input", tokens=2, rate=Decimal(1), amount=Decimal("0.000002"))
    part = Embeddings(
        vectors=(array("f", [1]),),
        usage=Usage(input=2, total=2),
        cost=Cost((item,)),
        model="m",
        spec="acme:m",
        seconds=0.5,
        adaptations=(note,),
    )
    other = msgspec.structs.replace(part, vectors=(array("f", [2]), array("f", [3])), attempts=3)
    assert joined([part, other]) == Embeddings(
        vectors=(array("f", [1]), array("f", [2]), array("f", [3])),
        usage=Usage(input=4, total=4),
        cost=Cost((CostItem(name="input", tokens=4, rate=Decimal(1), amount=Decimal("0.000004")),)),
        model="m",
        spec="acme:m",
        requests=2,
        attempts=4,
        seconds=1.0,
        adaptations=(note,),
    )


def test_what_one_reply_does_not_tell_is_unknown_of_all() -> None:
    known = Embeddings(usage=Usage(input=2, total=2), cost=Cost(()))
    whole = joined([known, Embeddings(usage=Usage(input=3))])
    assert (whole.usage, whole.cost) == (Usage(input=5), None)
