"""Find out what a server speaks, which models it has, and which of them to ask."""

from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.aim import Aim, World, aim
from modelmix.ask import request_of
from modelmix.ast.options import Options
from modelmix.call import Call, plan
from modelmix.compat.probe.address import also, bases, ranked
from modelmix.compat.probe.asking import Asker
from modelmix.compat.probe.listing import Listed, embedder, read_list, talker
from modelmix.compat.probe.row import plain_row
from modelmix.config import Config
from modelmix.decode import DialectName
from modelmix.errors import BadRequest, MixError, Rejected, TimedOut, Undecodable, Unreachable
from modelmix.ingest.replies import read_reply
from modelmix.node import Node
from modelmix.outcome import Outcome, and_then
from modelmix.providers.provider import Provider
from modelmix.rejection import read_rejection
from modelmix.transport.inquiry import Told

_HELLO: Final = "Reply with the single word: hello"
_FEW: Final = 16
"""Tokens of the smallest request: the fewest that responses take."""

_LISTS: Final[tuple[tuple[DialectName, str], ...]] = (
    ("openai-chat", "/models"),
    ("anthropic-messages", "/models"),
    ("google-generate", "/models"),
    ("ollama-chat", "/api/tags"),
)
"""Where models are listed: in the way of OpenAI, and with the header of its key Anthropic, of Google and of Ollama."""

_NO_ROUTE: Final = frozenset({404, 405, 501})


class Wanted(Node, frozen=True, kw_only=True):
    """What is to be found out about. `name` is what the provider will be called."""

    url: str
    name: str
    key_env: str | None = None
    model: str | None = None
    dialect: DialectName | None = None


class Found(Node, frozen=True, kw_only=True):
    """What a server is: a row for each dialect that it speaks, the best first, and the models to ask."""

    rows: tuple[Provider, ...]
    models: tuple[str, ...]
    listed_at: str | None
    model: str
    embedder: str
    unspoken: tuple[tuple[DialectName, str], ...] = ()
    """The other dialects, each with what its place answers."""


class _Listing(Node, frozen=True):
    """The models that are listed and where, and what stood in the way where none are."""

    models: tuple[Listed, ...] = ()
    at: str | None = None
    troubles: tuple[MixError, ...] = ()


def detect(wanted: Wanted, asker: Asker, around: World) -> Outcome[Found]:
    """Asks for lists of models, then for a word in each dialect."""
    listing = _listing(wanted, asker)
    if isinstance(listing, Failure):
        return listing
    known = listing.unwrap()
    model = wanted.model or talker(known.models)
    if model is None:
        return Failure(_worst(known.troubles) or _NO_MODEL)
    rows: list[Provider] = []
    unspoken: list[tuple[DialectName, str]] = []
    troubles = list(known.troubles)
    for dialect in (wanted.dialect,) if wanted.dialect else ranked(wanted.url):
        name = wanted.name if not rows else also(wanted.name, dialect)
        candidates = [plain_row(name, dialect, base, wanted.key_env) for base in bases(wanted.url, dialect)]
        row, errors = _spoken(candidates, model, asker, around)
        troubles += errors
        if row is not None:
            rows.append(row)
        else:
            unspoken.append((dialect, _why(errors)))
    if not rows:
        return Failure(_worst(troubles) or _nothing(wanted))
    return Success(
        Found(
            rows=tuple(rows),
            models=tuple([one.name for one in known.models]),
            listed_at=known.at,
            model=model,
            embedder=embedder(known.models, model),
            unspoken=tuple(unspoken),
        )
    )


_NO_MODEL: Final = BadRequest(field="model", value="left out", expected="--model ID, since the server lists no models")


def _listing(wanted: Wanted, asker: Asker) -> Outcome[_Listing]:
    """The first list that is one. A server that does not answer at all is an error at once."""
    troubles: list[MixError] = []
    for row, path in _places(wanted):
        told = asker.look_up(row, path)
        if isinstance(told, Failure):
            if _is_gone(told.failure()):
                return told
            troubles.append(told.failure())
            continue
        reply = told.unwrap()
        found = read_list(reply.body) if reply.status == 200 else None
        if found is not None and found[1]:
            return Success(_Listing(found[1], row.base_url + path))
        troubles += _trouble(reply, row)
    return Success(_Listing(troubles=tuple(troubles)))


def _places(wanted: Wanted) -> Iterator[tuple[Provider, str]]:
    seen: set[tuple[str, object]] = set()
    for dialect, path in _LISTS:
        for base in bases(wanted.url, dialect):
            row = plain_row(wanted.name, dialect, base, wanted.key_env)
            # With the same headers, the same place says the same.
            asked = (base + path, (row.auth.header, tuple(row.headers)) if wanted.key_env else None)
            if asked not in seen:
                seen.add(asked)
                yield row, path


def _is_gone(error: MixError) -> bool:
    """Whether nothing will come of further requests."""
    return isinstance(error, Unreachable | TimedOut | BadRequest)


def _trouble(reply: Told, row: Provider) -> list[MixError]:
    """What is wrong with an answer that is no list of models."""
    if reply.status >= 300:
        return [replace(read_rejection(reply.body, reply.status, reply.headers), provider=row.id)]
    preview = reply.body[:200].decode("utf-8", "replace")
    if reply.media_type == "text/html" or reply.body.lstrip()[:1] == b"<":
        return [Undecodable(kind="html", provider=row.id, preview=preview)]
    return [Undecodable(kind="not_a_reply", provider=row.id, preview=preview)]


def _spoken(
    candidates: Sequence[Provider], model: str, asker: Asker, around: World
) -> tuple[Provider | None, list[MixError]]:
    """The first row at which the smallest request is answered, and what went wrong before."""
    errors: list[MixError] = []
    for row in candidates:
        # Some models do not take a limit by this name; they are asked again without one.
        for options in (Options(max_tokens=_FEW), Options()):
            answer = _answer(row, model, options, asker, around)
            if isinstance(answer, Success):
                return row, errors
            errors.append(answer.failure())
            if not _is_picky(answer.failure()):
                break
    return None, errors


def _answer(row: Provider, model: str, options: Options, asker: Asker, around: World) -> Outcome[None]:
    call = call_of(row, model, options, around)
    told = and_then(call, asker.send)
    if isinstance(told, Failure):
        return told
    reply = told.unwrap()
    if not 200 <= reply.status < 300:
        return Failure(replace(read_rejection(reply.body, reply.status, reply.headers), provider=row.id))
    answer = read_reply([reply.body], dialect=row.dialect)
    if isinstance(answer, Failure):
        error = answer.failure()
        return Failure(replace(error, provider=row.id) if isinstance(error, Rejected | Undecodable) else error)
    return Success(None)


def call_of(
    row: Provider, model: str, options: Options, around: World, *, prompt: str = _HELLO, stream: bool = False
) -> Outcome[Call]:
    """The call that says something to a model of a row; its key is left out, since the asker has it."""
    own = World(Config(providers={row.id: row}), around.env, around.catalog)
    target = aim(f"{row.id}:{model}", own, Aim(unlisted=True))
    return and_then(target, lambda to: plan(request_of(prompt, stream=stream, options=options), to))


def _is_picky(error: MixError) -> bool:
    return isinstance(error, Rejected) and error.kind in {"invalid", "server"} and error.status in {400, 422}


def _why(errors: Sequence[MixError]) -> str:
    """What the place of a dialect answers, in few words of ours."""
    last = errors[-1] if errors else None
    match last:
        case Rejected(status=status) if status in _NO_ROUTE:
            return f"nothing there ({status})"
        case Rejected(status=None):
            return "an error inside the reply"
        case Rejected(status=status):
            return f"refused ({status})"
        case Undecodable():
            return "a reply of another kind"
        case TimedOut():
            return "no answer in time"
        case _:
            return "no answer"


def _worst(troubles: Sequence[MixError]) -> MixError | None:
    """The trouble that tells most: a key that is wanted, a page for browsers, a refusal that is no missing route."""
    for telling in (_wants_key, _is_page, _is_refusal):
        found = next((error for error in troubles if telling(error)), None)
        if found is not None:
            return found
    return next((error for error in troubles if _is_gone(error)), None)


def _wants_key(error: MixError) -> bool:
    return isinstance(error, Rejected) and error.kind in {"auth", "permission"}


def _is_page(error: MixError) -> bool:
    return isinstance(error, Undecodable) and error.kind == "html"


def _is_refusal(error: MixError) -> bool:
    return isinstance(error, Rejected) and error.status not in _NO_ROUTE


def _nothing(wanted: Wanted) -> MixError:
    spoken = wanted.dialect or "OpenAI, Anthropic, Gemini or Ollama"
    return BadRequest(field="URL", value=wanted.url, expected=f"the base URL of a server that speaks {spoken}")
