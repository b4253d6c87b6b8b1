"""Carry out what `mm gen` is asked: send, show as it comes, and end with the right code."""

from msgspec.json import encode
from returns.result import Failure, Success

from modelmix.ast.event import Event, ReasoningDelta, TextDelta
from modelmix.ast.response import Response
from modelmix.call import HIDDEN
from modelmix.cli import render
from modelmix.cli.calling import Watcher
from modelmix.cli.exits import INTERRUPTED
from modelmix.cli.failing import fail
from modelmix.cli.fetching import ready
from modelmix.cli.growth import Growth
from modelmix.cli.job import Job, affordable, client_of, planned, prepared
from modelmix.cli.schemas import Wanted, checkable, read
from modelmix.cli.terminal import Sanitizer, Screen, safe
from modelmix.client import Client
from modelmix.errors import MissingKey, MixError, Sent
from modelmix.jsonvalue import JsonValue
from modelmix.outcome import Outcome, and_then, mapped
from modelmix.progress import pieces
from modelmix.stream import Stream
from modelmix.worst import worst_case
from modelmix.wrapping import was_wrapped


def dry_run(job: Job, screen: Screen) -> int:
    """Shows the request that would be sent, what was changed about it, and what it may cost at most."""
    with client_of(job) as client:
        plan = planned(job, client)
        if isinstance(plan, Failure) and isinstance(plan.failure(), MissingKey):
            # The request is the same whatever the key, which is not shown anyway.
            screen.note(f"Note: {render.error(plan.failure())}\n")
            plan = planned(job, client, api_key=HIDDEN)
    if isinstance(plan, Failure):
        return fail(plan.failure(), screen)
    call = plan.unwrap()
    screen.answer(render.request(call))
    screen.end_answer()
    screen.note(render.adaptations(call.adaptations))
    screen.note(render.worst(worst_case(call)))
    allowed = affordable(job, call)
    if isinstance(allowed, Failure):
        screen.note(f"Note: {render.error(allowed.failure())}")
    return 0


def run(job: Job, screen: Screen) -> int:
    """Sends the request and shows the answer."""
    with client_of(job) as client:
        plan = prepared(job, client)
        able = and_then(
            and_then(and_then(plan, lambda made: affordable(*made)), lambda _: checkable(job.wanted)),
            lambda _: ready(job.spec, job.settings, screen, assume_yes=job.assume_yes),
        )
        if isinstance(able, Failure):
            return fail(able.failure(), screen)
        job, call = plan.unwrap()
        if job.log_level != "warning":
            screen.note(render.noted(call.adaptations))
            banner = render.banner if job.wanted is None else render.object_banner
            screen.note(screen.dim(banner(job.spec, job.prompt)))
        if job.wanted is None:
            return _show_text(job, client, screen)
        return _show_object(job, job.wanted, client, screen, wrapped=was_wrapped(call.adaptations))


def _show_text(job: Job, client: Client, screen: Screen) -> int:
    if job.tools:
        answer = _run_tools(job, client, screen)
        return _finish(job, answer, screen, shown=job.stream and job.format == "text")
    if not job.stream:
        answer = client.generate_text(job.spec, job.message, **job.ask)
        return _finish(job, answer, screen, shown=False)
    opened = client.stream_text(job.spec, job.message, **job.ask)
    if isinstance(opened, Failure):
        return _finish(job, opened, screen, shown=False)
    with opened.unwrap() as stream:
        try:
            _follow(job, stream, screen)
        except KeyboardInterrupt:
            screen.answer("\n" if job.format == "text" else "")
            screen.end_answer()
            return INTERRUPTED
        return _finish(job, stream.result(), screen, shown=job.format == "text")


def _follow(job: Job, stream: Stream, screen: Screen) -> None:
    """Shows a stream as it comes."""
    thoughts = _Thoughts(job, screen)
    try:
        for batch in stream.batches():
            for event in batch:
                _show_event(job, event, screen, thoughts)
    finally:
        thoughts.end()


def _show_event(job: Job, event: Event, screen: Screen, thoughts: "_Thoughts") -> None:
    match job.format, event:
        case "ndjson", _:
            screen.answer(encode(event).decode() + "\n")
        case "text", TextDelta(_, text):
            thoughts.end()
            screen.answer(text)
        case _, ReasoningDelta(_, text):
            thoughts.show(text)
        case _:
            pass


def _run_tools(job: Job, client: Client, screen: Screen) -> Outcome[Response]:
    """The last answer of a run of tools, with what all of its answers took."""
    thoughts = _Thoughts(job, screen)
    words = job.format == "text" and job.wanted is None
    watcher = Watcher(screen, quiet=job.log_level == "warning", say=screen.answer if words and not job.stream else None)

    def show(event: Event) -> None:
        if job.wanted is None:
            _show_event(job, event, screen, thoughts)
            if words and isinstance(event, TextDelta):
                watcher.text(event.text)

    try:
        run = client.run_tools(
            job.spec,
            job.message,
            job.tools,
            output=job.output,
            max_rounds=job.tool_rounds,
            on_event=show if job.stream else None,
            on_step=watcher.step,
            **job.ask,
        )
    finally:
        thoughts.end()
    return mapped(run, render.whole_run)


class _Thoughts:
    """Shows reasoning beside the answer."""

    def __init__(self, job: Job, screen: Screen) -> None:
        self._screen = screen
        self._wanted = job.log_level != "warning"
        self._sanitizer = Sanitizer()
        self._open = False

    def show(self, text: str) -> None:
        """More reasoning."""
        if self._wanted:
            self._open = True
            self._screen.note(self._screen.dim(self._sanitizer.clean(text)))

    def end(self) -> None:
        """The answer goes on."""
        if self._open:
            self._open = False
            self._screen.note("\n\n")


def _finish(job: Job, answer: Outcome[Response], screen: Screen, *, shown: bool) -> int:
    """Shows what has not been shown yet, and how it ended."""
    match answer:
        case Success(response):
            if not shown:
                _show_whole(job, response, screen)
            elif not response.text.endswith("\n"):
                screen.answer("\n")
            screen.end_answer()
            _show_end(job, response, screen)
            return 0
        case Failure(problem):
            _show_partial(job, problem, screen, shown=shown)
            return fail(problem, screen)


def _show_whole(job: Job, response: Response, screen: Screen) -> None:
    if job.format == "json":
        screen.answer(render.envelope(response, text=response.text))
    elif job.format == "text":
        if response.reasoning and job.log_level != "warning":
            screen.note(screen.dim(safe(response.reasoning)) + "\n\n")
        screen.answer(response.text if response.text.endswith("\n") else f"{response.text}\n")
    elif not job.stream:
        screen.answer(encode(response).decode() + "\n")


def _show_partial(job: Job, problem: MixError, screen: Screen, *, shown: bool) -> None:
    """What has come stays: printed now, if it has not been yet."""
    partial = problem.partial if isinstance(problem, Sent) else None
    text = "" if partial is None or job.format != "text" else partial.text
    if text:
        end = "" if text.endswith("\n") else "\n"
        screen.answer(end if shown else text + end)
        screen.end_answer()
        screen.note("\n")


def _show_end(job: Job, response: Response, screen: Screen) -> None:
    if job.log_level == "warning":
        return
    refusal = f"Note: the model refused: {safe(response.refusal)}\n" if response.refusal else ""
    notes = render.sources(response) + refusal + render.notice(response)
    screen.note(f"\n{notes}" if notes else "")
    if job.wanted is None or job.log_level == "debug":
        screen.note("\n" + screen.dim(render.stats(response)) + "\n")
    if job.log_level == "debug":
        screen.note(screen.dim(render.details(response)))


def _show_object(job: Job, wanted: Wanted, client: Client, screen: Screen, *, wrapped: bool) -> int:
    """Prints one object that fits its schema, or nothing; to a person, as it grows.

    `wrapped` says that the provider was asked for an object around it.
    """
    shown = False
    if job.stream and job.format == "text" and screen.is_terminal and not job.tools:
        opened = client.stream_text(job.spec, job.message, output=job.output, **job.ask)
        if isinstance(opened, Failure):
            return _show_read(job, wanted, opened, screen, shown=False)
        with opened.unwrap() as stream:
            growth = Growth(wanted.form, screen.answer, wrapped=wrapped)
            try:
                _watch(job, stream, growth, screen)
            except KeyboardInterrupt:
                screen.answer("\n")
                screen.end_answer()
                return INTERRUPTED
            answer, shown = stream.result(), growth.shown
    else:
        answer = _collect(job, client, screen)
    return _show_read(job, wanted, answer, screen, shown=shown)


def _watch(job: Job, stream: Stream, growth: Growth, screen: Screen) -> None:
    """Shows an object as it comes in."""
    thoughts = _Thoughts(job, screen)
    try:
        for batch in stream.batches():
            fresh = pieces(batch)
            for event in batch:
                if isinstance(event, ReasoningDelta):
                    thoughts.show(event.text)
            if fresh:
                thoughts.end()
            growth.feed(fresh)
        growth.finish()
    finally:
        thoughts.end()


def _show_read(job: Job, wanted: Wanted, answer: Outcome[Response], screen: Screen, *, shown: bool) -> int:
    """Shows what has not been shown yet, and whether it fits."""
    value = and_then(answer, lambda response: read(wanted, response))
    match answer, value:
        case Success(response), Success(found):
            whole = render.envelope(response, value=found) if job.format == "json" else f"{_object(job, found)}\n"
            screen.answer("\n" if shown else whole)
            screen.end_answer()
            _show_end(job, response, screen)
            return 0
        case _, Failure(problem):
            partial = problem.partial if isinstance(problem, Sent) else None
            if shown:
                screen.answer("\n")
                screen.end_answer()
                screen.note("\n")
            elif partial is not None and partial.text:
                screen.note(f"{safe(partial.text)}\n\n")
            return fail(problem, screen)
        case _:
            raise AssertionError(value)


def _object(job: Job, value: JsonValue) -> str:
    return encode(value).decode() if job.format == "ndjson" else render.pretty(value)


def _collect(job: Job, client: Client, screen: Screen) -> Outcome[Response]:
    if job.tools:
        return _run_tools(job, client, screen)
    if not job.stream:
        return client.generate_text(job.spec, job.message, output=job.output, **job.ask)
    opened = client.stream_text(job.spec, job.message, output=job.output, **job.ask)
    if isinstance(opened, Failure):
        return opened
    with opened.unwrap() as stream:
        return stream.result()
