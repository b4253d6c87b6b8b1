"""The scenarios, as data: small, fixed requests, so that a recording stays good for years."""

import math
from collections.abc import Iterator
from itertools import combinations
from operator import mul
from types import MappingProxyType
from typing import Annotated, Final

from msgspec import Meta, Struct, to_builtins
from msgspec.json import encode as to_json, format as indented
from msgspec.structs import replace
from returns.result import Failure

from modelmix.ast.content import Reasoning
from modelmix.ast.embedding import Embeddings, Vector
from modelmix.ast.options import Options
from modelmix.ast.response import Response
from modelmix.ast.toolrun import ToolRun
from modelmix.compat.checks import basic, counted, finished, flaw, has_text, limited, shown, streamed
from modelmix.compat.scenario import Answered, Ask, Embed, Flaw, Loop, Made, Make, Scenario
from modelmix.explanation import explain
from modelmix.tools.function import as_tool, tool

STEADY: Final = Options(temperature=0.0, seed=7, max_tokens=2048)
"""As little chance as a provider allows, and room for models that think before they answer."""

_LIMIT: Final = 32
"""More than the fewest that OpenAI takes, 16, and far fewer than the answer needs."""

_CODE: Final = "7413"
"""What no model can know without the tool."""


@tool
def get_weather(city: str) -> str:
    """Current weather of a city.

    Args:
        city: Name of the city, without its country.
    """
    return f"rain in {city}"


@tool
def add_numbers(first: int, second: int) -> int:
    """Sum of two whole numbers."""
    return first + second


@tool
def find_book(title: str, author: str | None = None) -> str:
    """Shelf of a book in the library."""
    return f"{title} by {author or 'anybody'}: shelf 4"


@tool
def track_order(order: str) -> str:
    """Status and parcel code of an order.

    Args:
        order: Number of the order.
    """
    return f"Order {order} was sent. Its parcel code is {_CODE}."


class Person(Struct, frozen=True):
    """A person."""

    name: Annotated[str, Meta(description="Full name")]
    age: Annotated[int, Meta(description="Age in years")]
    occupation: Annotated[str, Meta(description="Job or profession")]


ADA: Final = Person(name="Ada Lovelace", age=36, occupation="mathematician")

_ADA: Final = indented(to_json(ADA), indent=0).decode()
"""Given away in the prompt, since what is tried is the form of the answer, which small models keep only so."""


def _right_tool(answered: Answered) -> Iterator[Flaw]:
    """One call, of the right tool of three, with arguments that fit it and say what was asked."""
    calls = answered.response.tool_calls
    if [call.name for call in calls] != [get_weather.spec.name]:
        yield flaw("tool calls", f"one call of {get_weather.spec.name}", _said(answered.response))
        return
    read = get_weather.read(calls[0])
    if isinstance(read, Failure):
        yield flaw("arguments", "arguments that fit the schema", explain(read.failure()).summary)
    elif "oslo" not in calls[0].arguments.lower():
        yield flaw("arguments", "the city Oslo", calls[0].arguments)
    if not calls[0].id:
        yield flaw("call id", "an id", calls[0].id)
    yield from finished(answered.response, "tool_calls")


def _said(response: Response) -> str:
    calls = ", ".join([f"{call.name}({call.arguments})" for call in response.tool_calls])
    return calls or f"no call; the text: {response.text!r}"


def _result_used(run: ToolRun) -> Iterator[Flaw]:
    """The tool was called once, without a fault, and the answer holds what only it knew."""
    calls = [call for each in run.rounds for call in each.response.tool_calls]
    if [call.name for call in calls] != [track_order.spec.name]:
        named = ", ".join([f"{call.name}({call.arguments})" for call in calls])
        yield flaw("tool calls", f"one call of {track_order.spec.name}", named or _said(run.response))
    for error in run.errors:
        yield flaw("tool result", "a result", f"{error.kind}: {error.why}")
    if _CODE not in run.response.text:
        yield flaw("text", f"the code {_CODE}, which the tool gave", run.response.text)
    yield from finished(run.response, "stop")


def _no_call(answered: Answered) -> Iterator[Flaw]:
    """Words, although there are tools."""
    if answered.response.tool_calls:
        yield flaw("tool calls", "none", _said(answered.response))
    yield from has_text(answered.response)
    yield from finished(answered.response, "stop")


def _thought(answered: Answered) -> Iterator[Flaw]:
    """Reasoning that can be read, is sealed, or is counted; and the right answer."""
    response = answered.response
    # 17 · 23, by hand.
    if "391" not in response.text.replace(",", ""):
        yield flaw("text", "391", response.text)
    thinks = any(isinstance(part, Reasoning) for part in response.parts)
    if not thinks and not (response.usage.reasoning or 0) > 0:
        yield flaw("reasoning", "reasoning, or reasoning tokens", f"neither; usage: {response.usage}")


def _is_ada(made: Made) -> Iterator[Flaw]:
    """An object of the type, which is one that fits the schema, with the values that were asked for."""
    if made.value != ADA:
        yield flaw("object", shown(ADA), made.value)


def _grew(made: Made) -> Iterator[Flaw]:
    """As above; what was shown while it grew ends as the object that is given back."""
    yield from _is_ada(made)
    if made.partials < 1:
        yield flaw("partial values", "one at least", made.partials)
    elif made.last != to_builtins(made.value):
        yield flaw("the last partial value", shown(made.value), made.last)


def _vectors(result: Embeddings, count: int) -> Iterator[Flaw]:
    """As many vectors as texts, of one length, of finite numbers, none of them nothing."""
    if len(result.vectors) != count:
        yield flaw("vectors", str(count), len(result.vectors))
    sizes = {len(vector) for vector in result.vectors}
    if len(sizes) != 1 or min(sizes) < 2:
        yield flaw("dimensions", "one length for all, of two numbers at least", sorted(sizes))
    for index, vector in enumerate(result.vectors):
        if not all(map(math.isfinite, vector)):
            yield flaw(f"vector {index}", "finite numbers", [value for value in vector if not math.isfinite(value)])
        elif not any(vector):
            yield flaw(f"vector {index}", "a number other than 0", "zeros")


def _one_vector(result: Embeddings) -> Iterator[Flaw]:
    yield from _vectors(result, 1)


def _in_order(result: Embeddings) -> Iterator[Flaw]:
    """The vectors of equal texts are equal, and further from that of another text."""
    flaws = tuple(_vectors(result, 4))
    yield from flaws
    if flaws:
        return
    first, second, third, fourth = result.vectors
    alike, apart = _cosine(first, third), max(_cosine(*pair) for pair in combinations((first, second, fourth), 2))
    if not alike > max(apart, 0.99):
        yield flaw("order", "equal vectors for equal texts, others for others", f"cosines {alike:.6f} and {apart:.6f}")


def _cosine(one: Vector, other: Vector) -> float:
    return math.fsum(map(mul, one, other)) / (math.hypot(*one) * math.hypot(*other))


_ALL: Final = (
    Scenario(
        name="basic",
        proves="a plain answer: text, the finish reason, the model and the id of the reply",
        play=Ask(prompt="Reply with the single word: hello", options=STEADY, check=basic),
    ),
    Scenario(
        name="streaming",
        proves="a streamed answer with a system prompt and sampling: one end, and the message that its bytes make",
        play=Ask(
            prompt="Name three colors.",
            system="You answer briefly.",
            options=replace(STEADY, top_p=0.9),
            stream=True,
            check=streamed,
        ),
    ),
    Scenario(
        name="token_limit",
        proves="the limit on output is kept, and told",
        play=Ask(
            prompt="Count from 1 to 100 in words.",
            options=replace(STEADY, max_tokens=_LIMIT),
            check=limited,
        ),
    ),
    Scenario(
        name="usage",
        proves="tokens are counted, and the cost follows from the rates of the catalog",
        play=Ask(
            prompt="What is the capital of France? Answer in one word.",
            options=replace(STEADY, max_tokens=2 * _LIMIT),
            check=counted,
        ),
    ),
    Scenario(
        name="tool_multi",
        proves="of several tools the right one is called, with arguments that fit its schema",
        needs=(("tools",),),
        play=Ask(
            prompt="What is the weather in Oslo right now? Use a tool to find out.",
            options=STEADY,
            tools=(as_tool(add_numbers), as_tool(get_weather), as_tool(find_book)),
            check=_right_tool,
        ),
    ),
    Scenario(
        name="tool_round_trip",
        proves="the result of a tool goes back, and the answer uses it",
        needs=(("tools",),),
        play=Loop(
            prompt="What is the parcel code of my order 881? Look it up, then tell me the code.",
            options=STEADY,
            tools=(as_tool(track_order),),
            rounds=3,
            check=_result_used,
        ),
    ),
    Scenario(
        name="tool_none",
        proves="tools that are not needed are left alone",
        needs=(("tools",),),
        play=Ask(
            prompt="Write one sentence about the sea.",
            options=STEADY,
            tools=(as_tool(get_weather),),
            check=_no_call,
        ),
    ),
    Scenario(
        name="object_basic",
        proves="an object that fits its schema",
        # A schema is asked for by a tool where a model has no other way.
        needs=(("structured_output", "tools"),),
        play=Make(prompt=f"Reply with exactly this: {_ADA}", shape=Person, options=STEADY, check=_is_ada),
    ),
    Scenario(
        name="object_streaming",
        proves="an object that is shown while it grows, and fits its schema in the end",
        needs=(("structured_output", "tools"),),
        play=Make(
            prompt=f"Reply with exactly this: {_ADA}",
            shape=Person,
            options=STEADY,
            stream=True,
            check=_grew,
        ),
    ),
    Scenario(
        name="reasoning",
        proves="reasoning is seen or counted, and the answer is right",
        needs=(("reasoning",),),
        play=Ask(
            prompt="What is 17 times 23? Think it through, then give the number.",
            options=Options(seed=7, max_tokens=4096, reasoning_effort="low"),
            check=_thought,
        ),
    ),
    Scenario(
        name="embed_basic",
        proves="a text becomes a vector of finite numbers",
        play=Embed(texts=("The quick brown fox jumps over the lazy dog.",), check=_one_vector),
    ),
    Scenario(
        name="embed_batch",
        proves="each text has its vector, in order",
        play=Embed(
            texts=("Oslo lies by the sea.", "Bread is baked in ovens.", "Oslo lies by the sea.", "17 is a prime."),
            check=_in_order,
        ),
    ),
)

SCENARIOS: Final = MappingProxyType({scenario.name: scenario for scenario in _ALL})
"""All scenarios, by name, in the order in which they are told."""
