"""How headers, answers, statistics and errors look."""

from decimal import ROUND_CEILING, ROUND_HALF_EVEN, Decimal
from typing import Final

from msgspec.json import Encoder, encode, format as indent
from msgspec.structs import replace

from modelmix.ast.adaptation import Adaptation
from modelmix.ast.embedding import Embeddings
from modelmix.ast.response import Cost, Estimate, Response, Unpriced
from modelmix.ast.toolrun import ToolRun
from modelmix.call import Call
from modelmix.cli.terminal import one_line, safe
from modelmix.errors import MixError
from modelmix.explanation import explain, explain_unpriced
from modelmix.graphemes import shorten
from modelmix.jsonvalue import JsonValue
from modelmix.worst import Worst

_PROMPT: Final = 50
_MICRO: Final = Decimal("0.000001")
_ENCODER: Final = Encoder(decimal_format="number")


def banner(spec: str, prompt: str) -> str:
    """The line before an answer, and the empty one after it."""
    return f'{one_line(spec)} → "{_shown(prompt)}"\n\n'


def object_banner(spec: str, prompt: str) -> str:
    """The lines before an object."""
    return f"Generating object from {one_line(spec)}\nPrompt: {_shown(prompt)}\n\n"


def _shown(prompt: str) -> str:
    text, whole = shorten(one_line(prompt, len(prompt) + 1), _PROMPT)
    return text if whole else f"{text}..."


def stats(response: Response) -> str:
    """The line after an answer: time, tokens, cost; what is unknown is left out."""
    usage, pieces = response.usage, [f"{round((response.timing.total or 0.0) * 1000)}ms"]
    guess = response.estimate or Estimate(usage=usage, cost=response.cost)
    if guess.usage.input is not None and guess.usage.output is not None:
        thought = f" ({usage.reasoning} reasoning)" if usage.reasoning else ""
        input_, output = _marked(usage.input, guess.usage.input), _marked(usage.output, guess.usage.output)
        pieces.append(f"{input_}→{output} tokens{thought}")
    if guess.cost is not None:
        pieces.append(f"~${dollars(guess.cost.total)}")
    return " • ".join(pieces)


def _marked(told: int | None, guess: int) -> str:
    """A count, marked where the provider did not tell it."""
    return f"~{guess}" if told is None else f"{told}"


def whole_run(run: ToolRun) -> Response:
    """The last answer of a run, with the time and the tokens of all of them."""
    totals = [round_.response.timing.total or 0.0 for round_ in run.rounds]
    timing = replace(run.response.timing, total=sum(totals))
    return replace(
        run.response, usage=run.usage, cost=run.cost, unpriced=run.unpriced, estimate=run.estimate, timing=timing
    )


def dollars(amount: Decimal) -> str:
    """An amount with six decimals."""
    return str(amount.quantize(_MICRO, ROUND_HALF_EVEN))


def adaptations(changes: tuple[Adaptation, ...]) -> str:
    """What was changed about a request, one line a change."""
    lines = [f"{change.field}: {change.action}{_into(change.into)} ({change.why})" for change in changes]
    return "".join(f"  {line}\n" for line in lines)


def noted(changes: tuple[Adaptation, ...]) -> str:
    """What is to be known of a call though nothing was changed about it."""
    return "".join(
        [f"Note: {change.field}: {one_line(change.why)}\n" for change in changes if change.action == "noted"]
    )


def worst(bound: Worst) -> str:
    """What a call may cost at most, rounded up, or why that is unknown."""
    tokens = "→".join("unknown" if count is None else f"{count}" for count in (bound.input, bound.output))
    if bound.cost is not None:
        cost = f"${bound.cost.quantize(_MICRO, ROUND_CEILING)}"
    else:
        cost = "unknown" + ("" if bound.why is None else f", as {_unpriced(bound.why)}")
    return f"Worst case: {cost} (at most {tokens} tokens)\n"


def _unpriced(reason: Unpriced) -> str:
    return one_line(explain_unpriced(reason), 200)


def vectors(embeddings: Embeddings) -> str:
    """The line after vectors: time, how many of what length, tokens, cost; what is unknown is left out."""
    length = len(embeddings.vectors[0]) if embeddings.vectors else 0
    pieces = [f"{round(embeddings.seconds * 1000)}ms", f"{len(embeddings.vectors)} × {length}"]
    if embeddings.requests > 1:
        pieces.append(f"{embeddings.requests} requests")
    if embeddings.usage.input is not None:
        pieces.append(f"{embeddings.usage.input} tokens")
    if embeddings.cost is not None:
        pieces.append(f"~${dollars(embeddings.cost.total)}")
    return " • ".join(pieces)


def details(response: Response) -> str:
    """What `debug` adds: timing, rates, cost lines, adaptations, the ids to ask about."""
    lines = [*_times(response), *bill_lines(response)]
    lines += [f"model: {one_line(response.model)}"] if response.model else []
    lines += [f"request id: {one_line(response.request_id)}"] if response.request_id else []
    lines.append(f"attempts: {response.attempts}")
    return adaptations(response.adaptations) + "".join(f"  {line}\n" for line in lines)


def _into(into: str | None) -> str:
    return f" to {one_line(into)}" if into else ""


def _times(response: Response) -> list[str]:
    timing = response.timing
    named = (("headers", timing.headers), ("first token", timing.first_token), ("total", timing.total))
    lines = [f"{name}: {round(seconds * 1000)}ms" for name, seconds in named if seconds is not None]
    usage = response.usage if response.estimate is None else response.estimate.usage
    if usage.output and timing.total:
        writing = timing.total - (timing.first_token or 0.0)
        if writing > 0:
            mark = "~" if response.usage.output is None else ""
            lines.append(f"tokens/s: {mark}{usage.output / writing:.1f}")
    return lines


def bill_lines(answer: Response | Embeddings) -> list[str]:
    """A bill, one line an item, or why there is none; that of an estimate is marked."""
    guess = answer.estimate.cost if isinstance(answer, Response) and answer.estimate is not None else None
    if guess is None and answer.unpriced is not None:
        return [f"cost: unknown, as {_unpriced(answer.unpriced)}"]
    bill, mark = (answer.cost, "") if guess is None else (guess, "estimated ")
    items = () if bill is None else bill.items
    return [f"{mark}{item.name}: {item.tokens} × ${item.rate}/M = ${dollars(item.amount)}" for item in items]


def sources(response: Response) -> str:
    """The sources of an answer, numbered as answers refer to them."""
    lines = [f"  [{number}] {one_line(source.url)}\n" for number, source in enumerate(response.citations, 1)]
    return "Sources:\n" + "".join(lines) if lines else ""


def error(problem: MixError) -> str:
    """What went wrong, and what to do next, after the word `Error: `."""
    told = explain(problem)
    # A name of theirs must not begin a line of its own.
    steps = "".join([safe(step).replace("\n", " ") + "\n" for step in told.steps])
    return f"{one_line(told.summary, 1000)}\n" + (f"\n{steps}" if steps else "")


def pretty(value: JsonValue) -> str:
    """A value as indented JSON."""
    return indent(encode(value), indent=2).decode()


def request(call: Call) -> str:
    """A call as it goes over the wire, its key hidden."""
    headers = "".join(f"{name}: {value}\n" for name, value in call.shown_headers)
    return f"{call.method} {call.url}\n{headers}\n{body(call)}\n"


def body(call: Call) -> str:
    """The body of a call, as indented JSON."""
    return indent(call.body, indent=2).decode()


def notice(response: Response) -> str:
    """A note on an answer that did not simply stop; empty for one that did."""
    match response.finish:
        case "length":
            return "Note: the answer was cut off by the limit on output\n"
        case "content_filter":
            return "Note: a content filter stopped the answer\n"
        case "error" | "pause" | "other" | "unknown" if response.raw_finish:
            return f"Note: the answer ended with '{one_line(response.raw_finish)}'\n"
        case _:
            return ""


def envelope(response: Response, *, text: str | None = None, value: JsonValue = None) -> str:
    """One JSON document with the answer and everything about it."""
    whole: dict[str, object] = {"model": response.spec, "answered_by": response.model}
    if text is None:
        whole["object"] = value
    else:
        whole["text"] = text
    if response.reasoning:
        whole["reasoning"] = response.reasoning
    whole["finish"] = response.finish
    whole["usage"] = {name: count for name, count in _counts(response) if count is not None}
    whole |= bill(response.bill)
    if response.estimate is not None:
        # What the provider said stays apart from what it did not: nobody shall take one for the other.
        guess = response.estimate
        cost = None if guess.cost is None else Decimal(dollars(guess.cost.total))
        whole["estimate"] = {"input": guess.usage.input, "output": guess.usage.output, "cost": cost}
    whole["adaptations"] = response.adaptations
    return _ENCODER.encode(whole).decode() + "\n"


def bill(bill: Cost | Unpriced) -> dict[str, object]:
    """A bill as JSON: the rounded total with its exact lines, or why there is none."""
    if isinstance(bill, Unpriced):
        return {"cost": None, "unpriced": bill}
    return {"cost": Decimal(dollars(bill.total)), "cost_items": bill.items}


def _counts(response: Response) -> list[tuple[str, int | None]]:
    usage = response.usage
    return [
        ("input", usage.input),
        ("output", usage.output),
        ("cache_read", usage.cache_read),
        ("cache_write", usage.cache_write),
        ("reasoning", usage.reasoning),
        ("audio_input", usage.audio_input),
        ("audio_output", usage.audio_output),
        ("total", usage.total),
    ]
