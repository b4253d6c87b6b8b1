"""One reply as it comes in: decoded, timed and bounded, without touching network or clock.

The two shells, for blocking and for asynchronous programs, feed it what they read and ask it what it means.
"""

from collections.abc import Mapping
from typing import Final

from msgspec.structs import asdict, replace
from returns.result import Failure, Success

from modelmix.answering import Answering, answered
from modelmix.ast.event import Event, Failed, Finished
from modelmix.ast.model import Pricing
from modelmix.ast.response import Estimate, Response, Timing
from modelmix.call import HIDDEN, AnyCall, Call
from modelmix.cost import halves, price
from modelmix.decode import Bounds, Reading
from modelmix.errors import Cancelled, Deadline, MixError, Phase, Sent, SentError, TimedOut, Undecodable
from modelmix.inflate import Inflater, inflater
from modelmix.node import Node
from modelmix.outcome import Outcome
from modelmix.rejection import read_rejection, request_id
from modelmix.secret import SHORT, Secret


class Deadlines(Node, frozen=True, kw_only=True):
    """How long to wait, in seconds.

    `first_token` runs from the request to the first output, `idle` from the last byte, `progress` from the last output
    (keep-alives do not count), `total` over the whole call. A reply that is not streamed knows only `total`, 600 s
    unless set: no byte of it comes before all of it is made.
    """

    connect: float = 10.0
    write: float = 60.0
    pool: float = 10.0
    first_token: float = 300.0
    idle: float = 120.0
    progress: float = 600.0
    total: float | None = None


_PLAIN_TOTAL: Final = 600.0
_LEAST: Final = 0.001

DRAIN_BYTES: Final = 64 << 10
DRAIN_SECONDS: Final = 0.25
"""How much of a finished reply is read on, so that its connection can be used again."""


class Reception:
    """The reply to one attempt of a call."""

    __slots__ = (
        "_answering",
        "_begun",
        "_call",
        "_deadlines",
        "_decoder",
        "_end",
        "_estimate",
        "_first_token",
        "_headers_at",
        "_heard",
        "_inflater",
        "_last_output",
        "_request_id",
        "_started",
        "_tries",
    )

    def __init__(
        self, call: AnyCall, *, deadlines: Deadlines, bounds: Bounds, begun: float, now: float, tries: int
    ) -> None:
        self._call = call
        self._deadlines = deadlines
        self._decoder = call.reader(bounds)
        self._begun = begun
        self._started = now
        self._heard = now
        self._last_output = now
        self._headers_at: float | None = None
        self._first_token: float | None = None
        self._request_id: str | None = None
        self._inflater: Inflater | None = None
        self._end: Finished | Failed | None = None
        self._estimate: Estimate | None = None
        self._tries = tries
        self._answering = None if call.answer_tool is None else Answering(call.answer_tool)

    @property
    def reader(self) -> Reading:
        """What has read the reply."""
        return self._decoder

    @property
    def ended(self) -> bool:
        """Whether the terminal event is there."""
        return self._end is not None

    @property
    def finished(self) -> bool:
        """Whether the reply is complete."""
        return isinstance(self._end, Finished)

    @property
    def spoken(self) -> bool:
        """Whether there has been output, after which nothing is tried again."""
        return self._decoder.spoken

    @property
    def phase(self) -> Phase:
        """How far the reply has come."""
        if self._headers_at is None:
            return "headers"
        return "mid_stream" if self.spoken else "first_token"

    def waiting(self, now: float) -> tuple[Deadline, float, float]:
        """The deadline that comes first: its name, its length, and the seconds left."""
        limits = self._deadlines
        total = limits.total or (None if self._call.stream else _PLAIN_TOTAL)
        pending: list[tuple[float, Deadline, float]] = []
        if total is not None:
            pending.append((self._begun + total, "total", total))
        if self._call.stream and self.spoken:
            pending.append((self._heard + limits.idle, "idle", limits.idle))
            pending.append((self._last_output + limits.progress, "progress", limits.progress))
        elif self._call.stream:
            pending.append((self._started + limits.first_token, "first_token", limits.first_token))
        at, name, length = min(pending)
        return name, length, at - now

    def patience(self, now: float) -> float:
        """How long the next bytes may take."""
        return max(self.waiting(now)[2], _LEAST)

    def opened(self, headers: Mapping[str, str], now: float) -> None:
        """The head of a reply with a good status has come."""
        self._headers_at = now
        self._heard = now
        self._request_id = request_id(headers)
        self._inflater = inflater(headers)

    def take(self, piece: bytes | SentError | None, now: float) -> list[Event]:
        """The events in a piece of the reply, in its end, or in what broke it."""
        if self._end is not None:
            # Another thread or task has closed the stream while this was waited for.
            return [self._end]
        if isinstance(piece, bytes):
            return self.feed(piece, now) or self.overdue(now)
        if piece is None:
            return self.finish(now)
        return self.broke(piece, now)

    def feed(self, chunk: bytes, now: float) -> list[Event]:
        """The events in a chunk."""
        self._heard = now
        if self._inflater is None:
            return self._noted(self._read(self._decoder.feed(chunk)), now)
        events: list[Event] = []
        try:
            for piece in self._inflater.pieces(chunk):
                events += self._read(self._decoder.feed(piece))
        except ValueError as cause:
            events += self.broke(Undecodable(kind="not_json", preview=str(cause)), now)
        return self._noted(events, now)

    def absorb(self, piece: bytes | SentError | None, now: float) -> None:
        """As `take`, for a whole body, of which nobody wants the events."""
        if isinstance(piece, bytes) and self._inflater is None:
            self._heard = now
            if self._decoder.absorb(piece):
                self._settle()
            else:
                self.overdue(now)
        else:
            self.take(piece, now)

    def overdue(self, now: float) -> list[Event]:
        """The failure of a reply that keeps sending, but not fast enough; nothing while there is time."""
        name, length, left = self.waiting(now)
        return self.broke(TimedOut(deadline=name, seconds=length), now) if left <= 0 else []

    def finish(self, now: float) -> list[Event]:
        """The bytes have ended."""
        return self._noted(self._read(self._decoder.finish()), now)

    def broke(self, error: SentError, now: float) -> list[Event]:
        """The rest of the reply is lost. After the terminal marker that does no harm."""
        return self.finish(now) if self._decoder.complete else self.fail(error)

    def fail(self, error: SentError) -> list[Event]:
        """Ends the reply with an error of ours."""
        if self._end is not None:
            return []
        # What was held back, such as token counts and what looked like a tag, belongs to what came.
        held = [event for event in self._read(self._decoder.finish()) if not isinstance(event, Finished | Failed)]
        self._end = Failed(self.told(error))
        return [*held, self._end]

    def cancel(self) -> None:
        """The caller wants no more."""
        self.fail(Cancelled())

    def rejected(self, status: int, headers: Mapping[str, str], body: bytes) -> SentError:
        """What a reply with a bad status says."""
        self._request_id = request_id(headers)
        if 300 <= status < 400:
            # The target is told by its host alone; the rest of the address may hold anything.
            body = f"to {_host(headers.get('location', ''))}".encode()
        return self.told(read_rejection(body, status, headers))

    def told(self, error: SentError) -> SentError:
        """An error with everything that is known about the call."""
        known = error.request_id or self._request_id
        whole = replace(
            _without(self._call.target.key, error),
            provider=self._call.target.provider.id,
            request_id=known,
            partial=self._partial(),
        )
        return replace(whole, phase=self.phase) if self._headers_at is not None else whole

    def outcome(self) -> Outcome[Response]:
        """The response, or what kept it from being one."""
        match self._end:
            case Finished():
                return Success(self._response())
            case Failed(error):
                return Failure(error)
            case None:
                return Failure(self.told(Cancelled()))

    def _noted(self, events: list[Event], now: float) -> list[Event]:
        if not events:
            return events
        self._last_output = now
        if self._first_token is None and self._decoder.spoken:
            self._first_token = now
        if self._decoder.ended and self._end is None:
            self._settle(events)
        return events

    def _read(self, events: list[Event]) -> list[Event]:
        """The events as a caller sees them."""
        return events if self._answering is None else self._answering.events(events)

    def _settle(self, events: list[Event] | None = None) -> None:
        """Takes the terminal event, and tells in a failure what is known about the call."""
        last = events[-1] if events else self._decoder.terminal()
        if isinstance(last, Failed):
            last = Failed(self.told(_sent(last.error)))
            if events:
                events[-1] = last
        if isinstance(last, Finished | Failed):
            self._end = last

    def _partial(self) -> Response | None:
        answer = self._response()
        return answer if answer.parts or answer.id else None

    def _response(self) -> Response:
        answer = self._decoder.answer() or Response()
        if self._call.answer_tool is not None:
            answer = answered(answer, self._call.answer_tool)
        entry = self._call.target.entry
        pricing = None if entry is None else entry.pricing
        cost, unpriced = halves(price(answer.usage, pricing))
        return replace(
            answer,
            cost=cost,
            unpriced=unpriced,
            estimate=self._estimated(answer, pricing),
            spec=self._call.target.spec,
            request_id=self._request_id,
            timing=Timing(
                headers=_since(self._begun, self._headers_at),
                first_token=_since(self._begun, self._first_token),
                total=_since(self._begun, self._heard),
            ),
            attempts=self._tries,
            adaptations=self._call.adaptations,
        )

    def _estimated(self, answer: Response, pricing: Pricing | None) -> Estimate | None:
        """What the reply took, where the provider leaves that out. Asked more than once, it is counted once."""
        told = answer.usage.input is not None and answer.usage.output is not None
        nothing = not (answer.parts or answer.id or self.finished)
        if told or nothing or not isinstance(self._call, Call):
            return None
        if self._estimate is not None:
            return self._estimate
        # Most replies are counted by their provider, and most programs need none of this.
        from modelmix.tokens.answer import estimated  # noqa: PLC0415

        guess = estimated(self._call.request, answer, self._call.target.model, pricing)
        self._estimate = guess if self.ended else None
        return guess


def _without(key: Secret | None, error: SentError) -> SentError:
    """The error without the key, which some providers repeat when they refuse it."""
    secret = "" if key is None else key.reveal()
    if len(secret) < SHORT:
        return error
    said = {name: text for name, text in asdict(error).items() if isinstance(text, str) and secret in text}
    hidden = {name: text.replace(secret, HIDDEN) for name, text in said.items()}
    return replace(error, **hidden)


def _since(start: float, end: float | None) -> float | None:
    return None if end is None else end - start


def _sent(error: MixError) -> SentError:
    assert isinstance(error, Sent)
    return error


def _host(location: str) -> str:
    return location.split("://", 1)[-1].split("/", 1)[0].rpartition("@")[2] or "somewhere else"
