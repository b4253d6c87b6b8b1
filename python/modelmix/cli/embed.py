"""`mm embed`: texts as vectors."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from cyclopts import Parameter
from msgspec.json import Encoder
from msgspec.structs import asdict
from returns.result import Failure, Success

from modelmix.ast.embedding import Embeddings, Task
from modelmix.cli import inputs, render
from modelmix.cli.failing import fail
from modelmix.cli.fetching import ready
from modelmix.cli.place import Place, reach_of
from modelmix.cli.setup import Settings, settings
from modelmix.cli.terminal import Color, Screen, is_piped
from modelmix.client import Client
from modelmix.config import LogLevel
from modelmix.errors import BadRequest
from modelmix.outcome import Outcome, and_then
from modelmix.reception import Deadlines
from modelmix.retry import Policy
from modelmix.vectors import to_json

_ENCODER: Final = Encoder(decimal_format="number")


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Form:
    """What the vectors are like, and how they are shown."""

    dimensions: int | None = None
    "Numbers in a vector, where the model lets you choose."
    task: Task | None = None
    "What the vectors are for, where the model makes different ones."
    option: Annotated[tuple[str, ...], Parameter(name=["--option", "-o"], negative=())] = ()
    "Option of the provider as key=value, passed through by name; repeatable."
    format: Literal["json", "ndjson"] = "json"
    "json (one document) or ndjson (one vector a line)."
    log_level: Annotated[LogLevel | None, Parameter(name=["--log-level", "-l"])] = None
    "debug, info or warning."
    color: Color = "auto"
    "auto, always or never."


def embed(
    *texts: Annotated[str, Parameter(allow_leading_hyphen=True)],
    model: Annotated[str | None, Parameter(name=["--model", "-m"])] = None,
    form: Form | None = None,
    place: Place | None = None,
) -> int:
    """Turn texts into vectors.

    The vectors go to standard output, everything else to standard error. Without texts, each line of standard input
    is one.

    Parameters
    ----------
    texts
        What to turn into vectors: a text, @FILE with a text a line, or - for the lines of standard input.
    model
        The model, as provider:model.
    """
    form, place, env = form or Form(), place or Place(), dict(os.environ)
    screen = Screen(color=form.color)
    found = settings(env, place.env_file)
    if isinstance(found, Failure):
        return fail(found.failure(), screen)
    known = found.unwrap()
    said = _texts(texts, screen, key_piped=str(place.api_key_file) == "-")
    match and_then(said, lambda many: _embedded(known, many, model, form, place, screen)):
        case Success(embeddings):
            _show(embeddings, form.format, screen)
            level = form.log_level or known.config.log_level
            if level != "warning":
                screen.note(screen.dim(render.vectors(embeddings)) + "\n")
            if level == "debug":
                bill = "".join(f"  {line}\n" for line in render.bill_lines(embeddings))
                screen.note(screen.dim(render.adaptations(embeddings.adaptations) + bill))
            return 0
        case Failure(problem):
            return fail(problem, screen)


def _texts(words: Sequence[str], screen: Screen, *, key_piped: bool) -> Outcome[tuple[str, ...]]:
    """The texts that are meant, in their order."""
    many: list[str] = []
    for word in words or (("-",) if is_piped() and not key_piped else ()):
        lines = _lines(word, screen)
        if isinstance(lines, Failure):
            return lines
        many += lines.unwrap()
    if not many:
        return Failure(BadRequest(field="texts", value="empty", expected="a text, @FILE, or - for standard input"))
    return Success(tuple(many))


def _lines(word: str, screen: Screen) -> Outcome[list[str]]:
    if word == "-":
        piped = inputs.read_stdin(screen.note)
        if isinstance(piped, Failure):
            return piped
        try:
            return Success(_split(piped.unwrap().decode("utf-8")))
        except UnicodeDecodeError:
            return Failure(BadRequest(field="standard input", value="binary data", expected="a text a line"))
    if word.startswith("@"):
        text = inputs.text_or_file(word, "texts")
        return text if isinstance(text, Failure) else Success(_split(text.unwrap()))
    if word.startswith("-"):
        # It is far more often an option with a slip in it, and vectors of those help nobody.
        expected = "an option that exists; texts that begin with - come by @FILE or standard input"
        return Failure(BadRequest(field="texts", value=word, expected=expected))
    return Success([word])


def _split(text: str) -> list[str]:
    """The lines of a text; Python's own way would also cut at form feeds and the like."""
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines if lines[-1] else lines[:-1]


def _embedded(
    found: Settings, texts: tuple[str, ...], model: str | None, form: Form, place: Place, screen: Screen
) -> Outcome[Embeddings]:
    if model is None:
        expected = "a model for vectors, such as openai:text-embedding-3-small"
        return Failure(BadRequest(field="model", value="left out", expected=expected))
    extra = inputs.provider_options(form.option)
    if isinstance(extra, Failure):
        return extra
    reach = reach_of(place, found.env)
    if isinstance(reach, Failure):
        return reach
    able = ready(model, found, screen, assume_yes=place.yes)
    if isinstance(able, Failure):
        return able
    with _client(found, place) as client:
        return client.embed(
            model, texts, dimensions=form.dimensions, task=form.task, extra=extra.unwrap(), **reach.unwrap()
        )


def _client(found: Settings, place: Place) -> Client:
    config = found.config
    timeout = config.timeout if place.timeout is None else place.timeout
    retries = config.retries if place.retries is None else place.retries
    return Client(env=found.env, config=config, deadlines=Deadlines(total=timeout), policy=Policy(retries=retries))


def _show(embeddings: Embeddings, form: Literal["json", "ndjson"], screen: Screen) -> None:
    """Writes vector by vector: all of them may be a hundred megabytes."""
    if form == "ndjson":
        for index, vector in enumerate(embeddings.vectors):
            screen.answer(f'{{"index":{index},"vector":{to_json(vector)}}}\n')
    else:
        head = _ENCODER.encode({"model": embeddings.spec, "answered_by": embeddings.model}).decode()
        screen.answer(head[:-1] + ',"vectors":[')
        for index, vector in enumerate(embeddings.vectors):
            screen.answer(("," if index else "") + to_json(vector))
        screen.answer("]," + _rest(embeddings) + "\n")
    screen.end_answer()


def _rest(embeddings: Embeddings) -> str:
    """What else there is to tell, without the brace that opens it."""
    counts = asdict(embeddings.usage).items()
    whole = {
        "usage": {name: count for name, count in counts if count is not None},
        **render.bill(embeddings.bill),
        "adaptations": embeddings.adaptations,
    }
    return _ENCODER.encode(whole).decode()[1:]
