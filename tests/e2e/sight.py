"""What a caller sees of a call, in the few words that the tables compare."""

from typing import Final

from returns.result import Failure, Success

from e2e.cases import Seen
from e2e.doors import Streamed
from modelmix import (
    Failed,
    Finished,
    MixError,
    Outcome,
    ReasoningDelta,
    Rejected,
    Response,
    TextDelta,
    TimedOut,
    TooLarge,
    Truncated,
    Undecodable,
    Unreachable,
)
from modelmix.errors import Sent

FIELDS: Final = ("text", "reasoning")


def seen(outcome: Outcome[Response], requests: int) -> Seen:
    """What an outcome says."""
    match outcome:
        case Success(response):
            return _told(response, requests, finish=response.finish, error=None)
        case Failure(problem):
            partial = problem.partial if isinstance(problem, Sent) else None
            return _told(partial or Response(), requests, finish=None, error=named(problem))


def _told(response: Response, requests: int, *, finish: str | None, error: str | None) -> Seen:
    return Seen(
        text=response.text,
        reasoning=response.reasoning,
        refusal=response.refusal,
        calls=tuple((call.id, call.name, call.arguments) for call in response.tool_calls),
        spent=response.usage.input,
        made=response.usage.output,
        finish=finish,
        error=error,
        requests=requests,
    )


def named(problem: MixError) -> str:
    """The kind of an error, and what tells it from others of its kind."""
    match problem:
        case Rejected(kind=kind, status=status):
            return f"rejected/{kind}" + ("" if status is None else f"/{status}")
        case TimedOut(deadline=deadline, seconds=seconds):
            return f"timed_out/{deadline}/{seconds:g}"
        case Undecodable(kind=kind) | Unreachable(kind=kind):
            return f"{_tag(problem)}/{kind}"
        case Truncated(by=by):
            return f"truncated/{by}"
        case TooLarge(bound=bound):
            return f"too_large/{bound}"
        case _:
            return _tag(problem)


def _tag(problem: MixError) -> str:
    return str(type(problem).__struct_config__.tag)


def is_whole(streamed: Streamed) -> bool:
    """Whether the events of a stream are what its outcome says: the same words, and one end, which comes last."""
    if not streamed.events:
        return isinstance(streamed.outcome, Failure)
    ends = [event for event in streamed.events if isinstance(event, Finished | Failed)]
    told = seen(streamed.outcome, 1)
    text = "".join(event.text for event in streamed.events if isinstance(event, TextDelta))
    reasoning = "".join(event.text for event in streamed.events if isinstance(event, ReasoningDelta))
    return (text, reasoning, ends) == (told.text, told.reasoning, [streamed.events[-1]])
