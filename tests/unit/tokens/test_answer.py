"""What is estimated where a provider did not count, and what it said that stays as it is."""

import subprocess
import sys
from decimal import Decimal
from typing import Final

import pytest

from modelmix import JsonText, Reasoning, Request, Response, Text, ToolCall, Usage, user
from modelmix.ast.model import Pricing
from modelmix.cost import sum_estimates
from modelmix.tokens.answer import count_answer, estimated

REQUEST: Final = Request(messages=(user("What is 2+2?"),))
ANSWER: Final = (Text("It is four."),)
PRICING: Final = Pricing(input=Decimal(1), output=Decimal(10))

# "What is 2+2?" is 7 tokens and "It is four." 4 (tiktoken 0.14.0); a message and its frame add 7, an end 1.
CASES: Final = {
    "nothing was told": (Usage(), (14, 5)),
    "the input was told": (Usage(input=20), (20, 5)),
    "the output was told": (Usage(output=9, reasoning=3), (14, 9)),
}


@pytest.mark.parametrize(("told", "expected"), CASES.values(), ids=CASES)
def test_what_was_not_told_is_estimated(told: Usage, expected: tuple[int, int]) -> None:
    guess = estimated(REQUEST, Response(parts=ANSWER, usage=told), "gpt-4o", PRICING)
    assert guess is not None
    assert (guess.usage.input, guess.usage.output) == expected
    assert guess.usage.reasoning == told.reasoning
    assert guess.cost is not None
    assert guess.cost.total == (expected[0] + 10 * expected[1]) / Decimal(1_000_000)


def test_nothing_is_estimated_where_all_was_told() -> None:
    assert estimated(REQUEST, Response(parts=ANSWER, usage=Usage(input=1, output=0)), "gpt-4o", PRICING) is None


def test_an_estimate_without_a_price_has_no_cost() -> None:
    guess = estimated(REQUEST, Response(parts=ANSWER), "gpt-4o", None)
    assert guess is not None
    assert guess.cost is None


def test_thoughts_and_calls_are_part_of_an_answer() -> None:
    call = ToolCall(id="c", name="look", arguments=JsonText('{"city":"Oslo"}'))
    plain = count_answer(Response(parts=ANSWER), "gpt-4o").tokens
    assert count_answer(Response(parts=(Reasoning("Two and two."), *ANSWER)), "gpt-4o").tokens > plain
    assert count_answer(Response(parts=(*ANSWER, call)), "gpt-4o").tokens > plain
    assert not count_answer(Response(parts=ANSWER), "gpt-4o").exact


def test_no_answer_is_no_tokens() -> None:
    assert count_answer(Response(), "gpt-4o").tokens == 0


def test_a_client_brings_no_tables_until_something_has_to_be_estimated() -> None:
    program = "import sys, modelmix.client, modelmix.cli.gen; print([m for m in sys.modules if '.tokens' in m])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.returncode) == ("[]\n", 0), done.stderr


def test_several_replies_are_estimated_where_one_of_them_was() -> None:
    told = Response(parts=ANSWER, usage=Usage(input=10, output=2))
    guess = estimated(REQUEST, Response(parts=ANSWER), "gpt-4o", None)
    whole = sum_estimates([told, Response(parts=ANSWER, estimate=guess)])
    assert whole is not None
    assert (whole.usage.input, whole.usage.output) == (24, 7)
    assert sum_estimates([told, told]) is None
