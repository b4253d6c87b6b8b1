"""`mm models`: find and compare models; nothing is sent."""

import os
import re
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated, Final, Literal, get_args

from cyclopts import App, Parameter
from returns.result import Failure, Success

from modelmix.aim import World, world as world_of
from modelmix.ast.model import Model
from modelmix.card import Access, access, card
from modelmix.catalog.query import Order, Query, Trait, Type, select
from modelmix.cli.facts import carded, columns, encoded, key_words, keyed, listed, page
from modelmix.cli.failing import fail
from modelmix.cli.listing import Column, shown, table
from modelmix.cli.setup import settings
from modelmix.cli.terminal import Screen
from modelmix.errors import BadRequest
from modelmix.outcome import Outcome, and_then, collect, mapped
from modelmix.providers.known import find as find_provider
from modelmix.providers.load import names

app: Final = App(name="models")

_SIZE: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?)([kKmM]?)")
_UNITS: Final = {"": 1, "k": 1_000, "m": 1_000_000}


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class Filter:
    """Which models."""

    provider: Annotated[tuple[str, ...], Parameter(name=["--provider", "-p"], negative=())] = ()
    "Only models of this provider; repeatable."
    capability: Annotated[tuple[str, ...], Parameter(name=["--capability", "-c"], negative=())] = ()
    "Only models that have all of these, with commas between: tools, vision, reasoning, json, pdf, audio, ..."
    type: Annotated[tuple[Type, ...], Parameter(negative=())] = ()
    "Only models of this type; repeatable."
    max_price: str | None = None
    "Dollars per million tokens of input, at most; a model without a price is left out."
    max_output_price: str | None = None
    "The same for output."
    min_context: str | None = None
    "Tokens of context, at least, such as 128k or 1M."
    min_output: str | None = None
    "Tokens of output, at least."
    with_key: Annotated[bool, Parameter(negative=())] = False
    "Only models of providers whose key is set, or that need none."


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class View:
    """In which order and form."""

    sort: Order = "name"
    "name, price, output-price, context, output or released: cheapest, largest or newest first."
    limit: int | None = None
    "How many, at most."
    format: Literal["table", "json", "ndjson"] = "table"
    "table, json (one list) or ndjson (a model a line)."
    env_file: Path | None = None
    "Read variables from this file; the environment wins."


@app.default
def models(*query: str, only: Filter | None = None, view: View | None = None) -> int:
    """List the models that the catalogue knows.

    Prices are US dollars per million tokens. Deprecated models are marked.

    Parameters
    ----------
    query
        Words that stand in a model's specification or name; with *, a glob over the specification.
    """
    only, view, screen = only or Filter(), view or View(), Screen()
    wanted = _query(query, only, view)
    world = _world(view.env_file)
    found = and_then(world, lambda known: _models(known, only))
    match and_then(wanted, lambda asked: mapped(found, lambda many: select(many, asked))):
        case Success(chosen):
            _show(chosen, view, screen)
            return 0
        case Failure(problem):
            return fail(problem, screen)


@app.command
def show(
    spec: str,
    /,
    *,
    unlisted: Annotated[bool, Parameter(negative=())] = False,
    format: Literal["text", "json"] = "text",  # noqa: A002 - the option's name
    env_file: Path | None = None,
) -> int:
    """Show everything about one model: limits, prices, abilities, dates, its key and its endpoint.

    Parameters
    ----------
    spec
        The model, as provider:model; the date in its name may be left out.
    unlisted
        Show a model that the catalogue does not list, too.
    format
        text or json.
    env_file
        Read variables from this file; the environment wins.
    """
    screen = Screen()
    match and_then(_world(env_file), lambda world: card(spec, world, unlisted=unlisted)):
        case Success(found):
            screen.answer(encoded(carded(found)) + "\n" if format == "json" else page(found))
            screen.end_answer()
            return 0
        case Failure(problem):
            return fail(problem, screen)


@app.command
def providers(
    *,
    with_key: Annotated[bool, Parameter(negative=())] = False,
    format: Literal["table", "json"] = "table",  # noqa: A002 - the option's name
    env_file: Path | None = None,
) -> int:
    """List the providers: how many models of each are known, and whether its key is set.

    Parameters
    ----------
    with_key
        Only those whose key is set, or that need none.
    format
        table or json.
    env_file
        Read variables from this file; the environment wins.
    """
    screen = Screen()
    world = _world(env_file)
    everyone = and_then(world, lambda known: mapped(_everyone(known), lambda ids: (known, ids)))
    match and_then(everyone, lambda both: collect(_counted(name, both[0]) for name in both[1])):
        case Success(rows):
            _show_providers([row for row in rows if row[0].is_open or not with_key], format, screen)
            return 0
        case Failure(problem):
            return fail(problem, screen)


def _world(env_file: Path | None) -> Outcome[World]:
    return mapped(settings(dict(os.environ), env_file), lambda found: world_of(found.config, found.env))


def _query(words: Sequence[str], only: Filter, view: View) -> Outcome[Query]:
    """The query that the options mean."""
    traits = collect(_trait(name.strip()) for given in only.capability for name in given.split(","))
    bounds = collect(
        [
            _number("max-price", only.max_price),
            _number("max-output-price", only.max_output_price),
            _tokens("min-context", only.min_context),
            _tokens("min-output", only.min_output),
        ]
    )
    if isinstance(traits, Failure):
        return traits
    if isinstance(bounds, Failure):
        return bounds
    if view.limit is not None and view.limit < 0:
        return Failure(BadRequest(field="limit", value=str(view.limit), expected="at least 0"))
    price, output_price, context, output = bounds.unwrap()
    return Success(
        Query(
            words=tuple([word for part in words for word in part.split()]),
            traits=traits.unwrap(),
            types=only.type,
            max_price=price,
            max_output_price=output_price,
            min_context=None if context is None else int(context),
            min_output=None if output is None else int(output),
            order=view.sort,
            limit=view.limit,
        )
    )


def _trait(name: str) -> Outcome[Trait]:
    traits: tuple[Trait, ...] = get_args(Trait)
    for trait in traits:
        if name == trait:
            return Success(trait)
    return Failure(BadRequest(field="capability", value=name or "empty", expected=f"one of {', '.join(traits)}"))


def _number(field: str, text: str | None) -> Outcome[Decimal | None]:
    try:
        value = None if text is None else Decimal(text)
    except InvalidOperation:
        value = Decimal(-1)
    if value is not None and not (value.is_finite() and value >= 0):
        return Failure(BadRequest(field=field, value=str(text), expected="an amount of dollars, such as 0.5"))
    return Success(value)


def _tokens(field: str, text: str | None) -> Outcome[Decimal | None]:
    if text is None:
        return Success(None)
    match = _SIZE.fullmatch(text.replace("_", "").replace(",", ""))
    if match is None:
        return Failure(BadRequest(field=field, value=text, expected="a number of tokens, such as 128000, 128k or 1M"))
    return Success(Decimal(match[1]) * _UNITS[match[2].lower()])


def _models(world: World, only: Filter) -> Outcome[tuple[Model, ...]]:
    """All models of the providers that are meant."""
    meant = collect(_meant(name, world) for name in only.provider) if only.provider else world.catalog.providers()
    if isinstance(meant, Failure):
        return meant
    ids = [name for name in dict.fromkeys(meant.unwrap()) if not only.with_key or _is_open(name, world)]
    return mapped(collect(world.catalog.models(name) for name in ids), lambda many: sum(many, ()))


def _meant(name: str, world: World) -> Outcome[str]:
    """The id of a provider that may be called by an alias."""
    return mapped(find_provider(name, world.config.providers, world.catalog), lambda known: known.id)


def _is_open(provider: str, world: World) -> bool:
    known = access(provider, world)
    return isinstance(known, Success) and known.unwrap().is_open


def _everyone(world: World) -> Outcome[tuple[str, ...]]:
    """The ids of all providers, wherever they are known from."""
    return mapped(world.catalog.providers(), lambda known: tuple(sorted({*known, *names(), *world.config.providers})))


def _counted(name: str, world: World) -> Outcome[tuple[Access, int]]:
    return and_then(access(name, world), lambda way: mapped(world.catalog.models(name), lambda many: (way, len(many))))


def _show(chosen: Sequence[Model], view: View, screen: Screen) -> None:
    match view.format:
        case "json":
            screen.answer(encoded([listed(model) for model in chosen]) + "\n")
        case "ndjson":
            screen.answer("".join([encoded(listed(model)) + "\n" for model in chosen]))
        case "table":
            _show_table(columns(chosen), len(chosen), "model", screen)
    screen.end_answer()


def _show_table(cells: Sequence[Column], count: int, word: str, screen: Screen) -> None:
    """A table; without titles in a pipe, where programs read it line by line."""
    width = shutil.get_terminal_size().columns if screen.is_terminal else None
    screen.answer(table(cells, width=width, titled=screen.is_terminal) if count else "")
    if screen.is_terminal or not count:
        screen.note(f"{count:,} {word}{'' if count == 1 else 's'}\n")


def _show_providers(rows: Iterable[tuple[Access, int]], form: Literal["table", "json"], screen: Screen) -> None:
    many = tuple(rows)
    if form == "json":
        ways = [{"provider": way.provider, "name": way.name, "models": count, "key": keyed(way)} for way, count in many]
        screen.answer(encoded(ways) + "\n")
    else:
        cells = (
            Column(title="PROVIDER", cells=tuple([shown(way.provider) for way, _ in many])),
            Column(title="NAME", rank=2, cells=tuple([shown(way.name) for way, _ in many])),
            Column(title="MODELS", right=True, rank=1, cells=tuple([str(count) for _, count in many])),
            Column(title="KEY", cells=tuple([key_words(way) for way, _ in many])),
        )
        _show_table(cells, len(many), "provider", screen)
    screen.end_answer()
