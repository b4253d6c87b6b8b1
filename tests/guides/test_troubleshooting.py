"""`docs/guide/troubleshooting.md` has every error as it is told, with its exit code and what to do, and no other."""

import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal, get_args, get_origin, get_type_hints

import pytest
from msgspec.structs import replace

from guides.examples import EXAMPLES
from guides.page import ROOT
from modelmix.ast.response import Unpriced
from modelmix.cli.exits import exit_code
from modelmix.errors import MixError, Phase, Sent, TooCostly
from modelmix.explanation import explain, explain_unpriced

PAGE: Final = (ROOT / "docs" / "guide" / "troubleshooting.md").read_text(encoding="utf-8")
ERRORS, _, REST = PAGE.partition("\n## Notes\n")
CODE: Final = ROOT / "python" / "modelmix"

_ROW: Final = re.compile(r"^\| `([^`]+)` \| ([^|]*) \| (.*) \|$", re.MULTILINE)
_NAMED: Final = re.compile(r"mm [a-z]+(?: [a-z]+)?|--[a-z-]+|\b[A-Z]+_[A-Z_]+\b|pip install \S+")

ROWS: Final = MappingProxyType({text: (codes, words) for text, codes, words in _ROW.findall(ERRORS)})
"""What is told of each error, by its words: its exit codes, what it means and what to do."""


def _told(error: MixError) -> str:
    """What is said of an error; reasons for an unknown cost have a table of their own."""
    why = error.why if isinstance(error, TooCostly) else None
    summary = explain(error).summary
    return summary if why is None else summary.replace(explain_unpriced(why), "<reason>")


TOLD: Final = tuple(dict.fromkeys(map(_told, EXAMPLES)))


def _like(summary: str) -> Iterator[MixError]:
    """The examples with those words, as they may come before an answer and in the midst of it."""
    for error in EXAMPLES:
        if _told(error) == summary:
            yield error
            if isinstance(error, Sent):
                for phase in get_args(Phase):
                    later = replace(error, phase=phase)
                    assert isinstance(later, MixError)
                    yield later


@pytest.mark.parametrize("summary", TOLD)
def test_an_error_is_on_the_page_as_it_is_told(summary: str) -> None:
    assert summary in ROWS


def test_the_page_tells_no_error_that_there_is_not() -> None:
    assert [text for text in ROWS if text not in TOLD] == []
    assert len(_ROW.findall(ERRORS)) == len(ROWS)


@pytest.mark.parametrize("summary", TOLD)
def test_the_page_tells_the_exit_codes_of_an_error(summary: str) -> None:
    told = {int(code) for code in re.findall(r"\d+", ROWS[summary][0])}
    assert told == {exit_code(error) for error in _like(summary)}


@pytest.mark.parametrize("summary", TOLD)
def test_the_page_names_what_the_error_says_to_do(summary: str) -> None:
    named = {word for error in _like(summary) for step in explain(error).steps for word in _NAMED.findall(step)}
    assert [word for word in sorted(named) if word not in ROWS[summary][1]] == []


def test_every_class_of_error_has_an_example() -> None:
    assert {type(error) for error in EXAMPLES} == set(get_args(MixError))


KINDS: Final = tuple(
    (kind, name, value)
    for kind in get_args(MixError)
    for name, hint in get_type_hints(kind).items()
    if get_origin(hint) is Literal and name != "phase"
    for value in get_args(hint)
)


@pytest.mark.parametrize(("kind", "name", "value"), KINDS)
def test_every_kind_of_an_error_has_an_example(kind: type[MixError], name: str, value: str) -> None:
    assert [error for error in EXAMPLES if isinstance(error, kind) and getattr(error, name) == value] != []


def test_every_reason_for_an_unknown_cost_has_an_example() -> None:
    given = [error.why for error in EXAMPLES if isinstance(error, TooCostly) and error.why is not None]
    assert {reason.why for reason in given} == set(get_args(get_type_hints(Unpriced)["why"]))
    assert [reason for reason in given if f"| {explain_unpriced(reason)} |" not in ERRORS] == []


# Notes, which are no errors

_PAIR: Final = re.compile(r"^\| `([^`]+)` \| [^|]* \|$", re.MULTILINE)
NOTES: Final = (*_PAIR.findall(ERRORS), *[text for text, _, _ in _ROW.findall(REST)])
_SOURCE: Final = "\n".join(path.read_text(encoding="utf-8") for path in sorted(CODE.rglob("*.py")))


@pytest.mark.parametrize("note", NOTES)
def test_the_words_of_a_note_are_those_of_the_command(note: str) -> None:
    pieces = [piece.strip() for piece in re.split(r"<[^>]*>", note.removeprefix("Error: "))]
    said = [piece for piece in pieces if len(piece) > 3 or piece == "✗"]
    assert said
    assert [piece for piece in said if piece not in _SOURCE] == []


def _said(folder: Path) -> Iterator[str]:
    """The beginnings of all notes in the code of commands."""
    for path in sorted(folder.glob("*.py")):
        for found in re.findall(r'f?"(Note: [^"{\\]+)', path.read_text(encoding="utf-8")):
            if found.strip() != "Note:":
                yield found.strip()


def test_every_note_of_a_command_is_on_the_page() -> None:
    assert [note for note in _said(CODE / "cli") if f"`{note}" not in REST] == []


def test_messages_stand_in_their_order() -> None:
    for table in PAGE.split("\n|---")[1:]:
        lines = takewhile(lambda line: line.startswith("|"), table.splitlines()[1:])
        rows = [line.replace("`", "").casefold() for line in lines]
        assert rows == sorted(rows)
