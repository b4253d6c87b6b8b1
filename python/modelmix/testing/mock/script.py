"""What comes of a request: the mock without its network."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from itertools import count
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from modelmix.compat.fixture import Recording
from modelmix.jsonvalue import JsonValue, parse
from modelmix.mediatype import media_type
from modelmix.testing.mock.asked import EMPTY, Json, Problem, Style
from modelmix.testing.mock.dialects import anthropic_messages, google_generate
from modelmix.testing.mock.dialects.listing import LISTS
from modelmix.testing.mock.dialects.table import MANNERS, VECTORS, WORDS
from modelmix.testing.mock.recordings import Recordings
from modelmix.testing.mock.routes import Route, find_route, speaker, style_of
from modelmix.testing.mock.rules import ECHO, Rule
from modelmix.testing.mock.saying import say
from modelmix.testing.mock.seen import Request, Seen, answered, seen
from modelmix.testing.mock.wire import JSON, Headers, Reply, disturbed, stream, whole

_ANY: Final = ("mock",)
"""The models that are listed where every one is known."""

_IDS: Final[Mapping[Style, str]] = MappingProxyType({"openai": "x-request-id", "anthropic": "request-id"})
_STATUS_MESSAGES: Final = MappingProxyType(
    {429: "Rate limit reached. Please slow down.", 529: "Overloaded", 503: "The server is overloaded."}
)


class Script:
    """Answers requests, one after another, by recordings and rules.

    Rules that are used up are remembered here, and how often a recording was given. With recordings, rules decide only
    if there are any; a request that was not recorded is refused otherwise. `serial` counts on from another script.
    """

    def __init__(
        self,
        rules: Sequence[Rule] = (),
        recordings: Sequence[Recording] | None = None,
        models: Sequence[str] = (),
        *,
        serial: Iterator[int] | None = None,
        pace: bool = False,
    ) -> None:
        self._rules = tuple(rules)
        self._recordings = None if recordings is None else Recordings(recordings, pace=pace)
        self._models = tuple(models)
        self._used: Counter[int] = Counter()
        self._serials = count(1) if serial is None else serial
        self._serial = 0

    def answer(self, request: Request) -> tuple[Reply, Seen]:
        """The reply, and the request as it is kept."""
        self._serial = next(self._serials)
        had = seen(request)
        client = speaker(had.headers)
        route = find_route(had.path, client)
        style = style_of(had.path, client) if route is None else route.style
        body, problem = _body(had, route, style)
        model = (route.model if route is not None else None) or _text(body.get("model"))
        try:
            reply = problem or self._reply(had, route, body, model)
        except RecursionError:
            reply = Problem(message="mock: the request is nested too deep")
        if isinstance(reply, Problem):
            reply = refused(reply, style)
        name = _IDS.get(style)
        if name is not None:
            reply = replace(reply, headers=(*reply.headers, (name, f"req_mock{self._serial}")))
        return reply, answered(had, model=model, stream=reply.streamed, status=reply.status)

    @property
    def models(self) -> tuple[str, ...]:
        """The models that are listed."""
        recorded = () if self._recordings is None else self._recordings.models
        return (*self._models, *(model for model in recorded if model not in self._models)) or _ANY

    def _reply(self, had: Seen, route: Route | None, body: Json, model: str) -> Reply | Problem:
        if route is not None and route.operation == "models":
            return whole(LISTS[route.style](self.models))
        if self._recordings is not None:
            found = self._recordings.answer(had.path, route, model, dict(body))
            if isinstance(found, Reply) or not self._rules:
                return found
        if route is None:
            return _nowhere(had)
        if route.operation == "count":
            return _counted(route, body)
        if self._models and model and model not in self.models:
            return MANNERS[route.style].unknown(model)
        if route.operation == "vectors":
            return self._vectors(had, route, body, model)
        return self._words(had, route, body, model)

    def _words(self, had: Seen, route: Route, body: Json, model: str) -> Reply | Problem:
        dialect = WORDS[route.dialect or "openai-chat"]
        asked = dialect.read(body, model)
        if isinstance(asked, Problem):
            return asked
        if route.style == "google":
            asked = replace(asked, stream=route.stream, events=had.options.get("alt") == "sse")
        rule = self._rule(had, asked.user, model)
        if rule.fail is not None:
            return disturbed(refused(_failed(rule), route.style), rule)
        said = say(asked, rule, self._serial)
        if isinstance(said, Problem):
            return said
        if not asked.stream:
            return disturbed(whole(dialect.whole(asked, said)), rule)
        kind = dialect.stream if asked.events else JSON
        return disturbed(stream(dialect.frames(asked, said), kind), rule)

    def _vectors(self, had: Seen, route: Route, body: Json, model: str) -> Reply | Problem:
        dialect = VECTORS[route.style]
        asked = dialect.read(body, model)
        if isinstance(asked, Problem):
            return asked
        rule = self._rule(had, "\n".join(asked.texts), model)
        reply = refused(_failed(rule), route.style) if rule.fail is not None else whole(dialect.whole(asked))
        return disturbed(reply, rule)

    def _rule(self, had: Seen, text: str, model: str) -> Rule:
        """The first rule that applies and is not used up; it has been used once more then."""
        for at, rule in enumerate(self._rules):
            left = rule.times is None or self._used[at] < rule.times
            if left and rule.applies(model, had.path, text):
                self._used[at] += 1
                return rule
        return ECHO


def refused(problem: Problem, style: Style) -> Reply:
    """An error in the provider's own words."""
    headers: Headers = ()
    if problem.retry_after is not None and style != "google":
        # Google says it in the body. Whole seconds are all that HTTP knows; OpenAI and Anthropic say the rest beside.
        headers = (("retry-after", str(math.ceil(problem.retry_after))),)
        if problem.retry_after % 1:
            headers = (*headers, ("retry-after-ms", f"{problem.retry_after * 1000:g}"))
    return whole(MANNERS[style].error(problem), problem.status, headers)


def _failed(rule: Rule) -> Problem:
    status = rule.fail or 500
    known = {each.value: each.phrase for each in HTTPStatus}
    message = rule.message or _STATUS_MESSAGES.get(status) or known.get(status, f"Error {status}")
    return Problem(status=status, message=message, retry_after=rule.retry_after)


def _body(had: Seen, route: Route | None, style: Style) -> tuple[Json, Problem | None]:
    """The document that was sent, or what is wrong with it before anybody looks into it."""
    if route is not None and had.method != route.method:
        text = f"Not allowed to {had.method} on {had.path}."
        return EMPTY, Problem(status=405, message=text, code="method_not_supported" if style == "openai" else None)
    if had.method != "POST":
        return EMPTY, None
    kind = media_type(had.headers)
    # Ollama and Google read any body as JSON.
    if kind != JSON and style in {"openai", "anthropic"}:
        return EMPTY, _unsupported(kind, style)
    try:
        document: JsonValue = parse(had.body)
    except ValueError:
        return EMPTY, _unreadable(style)
    return (document, None) if isinstance(document, dict) else (EMPTY, _unreadable(style))


def _unsupported(kind: str, style: Style) -> Problem:
    if style == "anthropic":
        return Problem(message="Content type must be application/json")
    text = f"Unsupported content type: '{kind}'. This API method only accepts 'application/json' requests."
    return Problem(message=text, code="unsupported_content_type")


def _unreadable(style: Style) -> Problem:
    words: Mapping[Style, str] = {
        "openai": "We could not parse the JSON body of your request.",
        "anthropic": "The request body is not valid JSON.",
        "google": "Invalid JSON payload received.",
        "ollama": "invalid JSON in the request body",
    }
    return Problem(message=words[style])


def _nowhere(had: Seen) -> Problem:
    return Problem(status=404, message=f"Invalid URL ({had.method} {had.path})")


def _counted(route: Route, body: Json) -> Reply | Problem:
    if route.style == "google":
        # Its own SDK puts the request into `generateContentRequest` where there is more than contents.
        inner = body.get("generateContentRequest")
        return whole({"totalTokens": google_generate.count(inner if isinstance(inner, dict) else body)})
    problem = anthropic_messages.counted_flaw(body)
    return problem or whole({"input_tokens": anthropic_messages.count(body)})


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""
