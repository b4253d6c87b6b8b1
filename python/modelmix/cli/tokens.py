"""`mm tokens`: how many tokens an input is, and what it costs."""

import os
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Final, Literal

from cyclopts import Parameter
from msgspec.json import Encoder
from returns.result import Failure, Success

from modelmix.aim import Aim, aim, world
from modelmix.ast.content import Bytes, File, Text, UserPart
from modelmix.ast.message import User, conversation
from modelmix.ast.request import Request
from modelmix.ast.usage import Usage
from modelmix.call import HIDDEN, Target
from modelmix.cli import inputs
from modelmix.cli.failing import fail
from modelmix.cli.render import dollars
from modelmix.cli.setup import settings
from modelmix.cli.terminal import Color, Screen, is_piped, one_line
from modelmix.cost import halves, price_input
from modelmix.errors import BadRequest
from modelmix.node import Node
from modelmix.outcome import Outcome, and_then, collect, mapped
from modelmix.secret import Secret
from modelmix.tokens.counted import Counted
from modelmix.tokens.request import count_request, count_text

_ENCODER: Final = Encoder(decimal_format="number")
_LEAST: Final = 0.0001
"""The smallest share that is told as a number."""


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class View:
    """Where models are looked up, and how the count is shown."""

    unlisted: Annotated[bool, Parameter(negative=())] = False
    "Use a model that the catalogue does not list."
    format: Literal["text", "json"] = "text"
    "text, or json (one document)."
    color: Color = "auto"
    "auto, always or never."
    env_file: Path | None = None
    "Read variables from this file; the environment wins."


class Input(Node, frozen=True, kw_only=True):
    """What is to be counted: parts of one message, and the system prompt before it."""

    parts: tuple[UserPart, ...]
    system: str | None = None


class Shown(Node, frozen=True, kw_only=True, omit_defaults=False):
    """What there is to tell, in the order it is told in. `share` is of the model's context."""

    model: str
    tokens: int
    exact: bool
    by: str
    context: int | None
    share: float | None
    cost: Decimal | None
    notes: tuple[str, ...]


def tokens(
    what: Annotated[str | None, Parameter(allow_leading_hyphen=True)] = None,
    /,
    *,
    model: Annotated[str | None, Parameter(name=["--model", "-m"])] = None,
    text: Annotated[bool, Parameter(negative=())] = False,
    system: str | None = None,
    attach: Annotated[tuple[str, ...], Parameter(name=["--attach", "-a"], negative=(), allow_leading_hyphen=True)] = (),
    view: View | None = None,
) -> int:
    """Count the tokens of an input, and tell what it would cost. Nothing is sent, and no key is needed.

    A text alone is counted as it is; a system prompt, a picture or a recording makes it a request, to which the
    model's template adds. A count with ~ is an estimate: the encoding of that model is not published.

    Parameters
    ----------
    what
        A file, a text, or - for standard input.
    model
        The model, as provider:model.
    text
        Take what is given for a text, even where a file has that name.
    system
        System prompt, or @file.
    attach
        Image, PDF, recording or text file, or - for standard input; repeatable.
    """
    view, env = view or View(), dict(os.environ)
    screen = Screen(color=view.color)
    found = settings(env, view.env_file)
    if isinstance(found, Failure):
        return fail(found.failure(), screen)
    config = found.unwrap().config
    wish = Aim(api_key=Secret(HIDDEN), unlisted=view.unlisted)
    target = aim(model or config.model, world(config, found.unwrap().env), wish)
    given = and_then(target, lambda _: _input(what, attach, system, screen, is_text=text))
    match and_then(target, lambda to: mapped(given, lambda all_: _shown(all_, to))):
        case Success(shown):
            _tell(shown, view.format, screen)
            return 0
        case Failure(problem):
            return fail(problem, screen)


def _input(
    what: str | None, attach: tuple[str, ...], system: str | None, screen: Screen, *, is_text: bool
) -> Outcome[Input]:
    stdin: bytes | None = None
    if what == "-" or "-" in attach or (what is None and not attach and is_piped()):
        piped = inputs.read_stdin(screen.note)
        if isinstance(piped, Failure):
            return piped
        stdin = piped.unwrap()
    first = [] if what is None and attach else [_named(what, stdin, is_text=is_text)]
    parts = collect([*first, *(inputs.attachment(value, stdin) for value in attach)])
    said = Success(None) if system is None else inputs.text_or_file(system, "system")
    return and_then(
        parts,
        lambda all_: mapped(said, lambda words: Input(parts=tuple(map(_unpacked, all_)), system=words)),
    )


def _named(what: str | None, stdin: bytes | None, *, is_text: bool) -> Outcome[UserPart]:
    """The part that is meant: standard input, a file, or the words themselves."""
    if what is None and stdin is None:
        return Failure(BadRequest(field="input", value="empty", expected="a file, a text, or - for standard input"))
    if what is None or (what == "-" and not is_text):
        return inputs.by_bytes(stdin, "standard input", None) if stdin else Success(Text(""))
    if not is_text and what.startswith("-"):
        # It is far more often an option with a slip in it.
        return Failure(BadRequest(field="input", value=what, expected="an option that exists; --text takes any text"))
    if not is_text and _is_file(what):
        return inputs.attachment(what, None) if Path(what).expanduser().stat().st_size else Success(Text(""))
    return Success(Text(what))


def _is_file(what: str) -> bool:
    try:
        return Path(what).expanduser().is_file()
    except (OSError, RuntimeError, ValueError):
        return False


def _unpacked(part: UserPart) -> UserPart:
    """A text file as the text that it holds."""
    match part:
        case File(source=Bytes(data, kind)) if kind.startswith("text/"):
            return Text(data.decode("utf-8", "replace"))
        case _:
            return part


def _shown(given: Input, target: Target) -> Shown:
    counted = _counted(given, target.model)
    entry = target.entry
    context = None if entry is None else entry.limits.context
    bill, _ = halves(price_input(Usage(input=counted.tokens), None if entry is None else entry.pricing))
    return Shown(
        model=target.spec,
        tokens=counted.tokens,
        exact=counted.exact,
        by=counted.by,
        context=context,
        share=counted.tokens / context if context else None,
        cost=None if bill is None else Decimal(dollars(bill.total)),
        notes=counted.notes,
    )


def _counted(given: Input, model: str) -> Counted:
    match given:
        case Input(parts=(Text(text),), system=None):
            return count_text(text, model)
        case _:
            return count_request(Request(messages=conversation(User(given.parts), given.system)), model)


def _tell(shown: Shown, form: Literal["text", "json"], screen: Screen) -> None:
    if form == "json":
        screen.answer(_ENCODER.encode(shown).decode() + "\n")
    else:
        screen.answer(f"{_line(shown)}\n")
        for note in shown.notes:
            screen.note(f"Note: {note}\n")
    if shown.share is not None and shown.share > 1:
        screen.note(f"Note: {one_line(shown.model)} takes {shown.context} tokens at most\n")
    screen.end_answer()


def _line(shown: Shown) -> str:
    """Tokens, their share of the context, and what they cost; what is unknown is left out."""
    mark = "" if shown.exact else "~"
    pieces = [f"{mark}{shown.tokens} tokens"]
    if shown.share is not None:
        share = "<0.01%" if 0 < shown.share < _LEAST else f"{mark}{shown.share:.2%}"
        pieces.append(f"{share} of {shown.context}")
    if shown.cost is not None:
        pieces.append(f"{mark}${shown.cost}")
    return " • ".join(pieces)
