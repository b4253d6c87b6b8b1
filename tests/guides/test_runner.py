"""The runner sees what is not as a page has it."""

from pathlib import Path
from typing import Final

import pytest

from guides.page import Block, Mark, blocks, flaws
from guides.reading import commands, fits, plain
from guides.runner import Runner
from guides.stage import stage

PAGE: Final = """\
Text, and `code`.

<!-- says: text = "4" -->
<!-- runs: 2 -->
```console
$ mm gen hi
4
```

```sh
unmarked
```

<!-- file: a.md -->
````md
```sh
inside
```
````
"""


def test_a_page_is_read_with_the_marks_of_its_blocks() -> None:
    first, second, third = blocks(PAGE)
    assert first == Block(5, "console", (Mark("says", 'text = "4"'), Mark("runs", "2")), "$ mm gen hi\n4\n")
    assert (second.marks, second.text) == ((), "unmarked\n")
    assert (third.mark("file"), third.text) == ("a.md", "```sh\ninside\n```\n")
    assert [len(list(flaws(block))) for block in (first, second, third)] == [0, 1, 0]


def test_a_mark_that_is_none_and_two_uses_are_flaws() -> None:
    assert len(list(flaws(Block(1, "sh", (Mark("runs"), Mark("sings")), "")))) == 1
    assert len(list(flaws(Block(1, "sh", (Mark("runs"), Mark("prints")), "")))) == 1


SCRIPTS: Final = {
    "lines": ("sh", "mm a\nmm b  # why\n", (("mm a", None), ("mm b  # why", None))),
    "a long command": ("sh", "mm a \\\n  b\nmm c\n", (("mm a \\\n  b", None), ("mm c", None))),
    "a quoted line": ("sh", "mm 'a\nb'\n", (("mm 'a\nb'", None),)),
    "a dialogue": ("console", "$ mm a\nit's\n\n$ mm b\n", (("mm a", "it's\n\n"), ("mm b", ""))),
}


@pytest.mark.parametrize(("language", "text", "expected"), SCRIPTS.values(), ids=SCRIPTS)
def test_a_block_has_these_commands(language: str, text: str, expected: tuple[tuple[str, str | None], ...]) -> None:
    found = commands(Block(1, language, (), text))
    assert tuple((command.text, command.shown) for command in found) == expected


PLAIN: Final = {
    "words": ('mm gen "a b" -m x:y', ("gen", "a b", "-m", "x:y")),
    "signs within quotes": (
        "mm gen 'a | b > c & d' --schema 'n str, t [str]'",
        ("gen", "a | b > c & d", "--schema", "n str, t [str]"),
    ),
    "a comment": ("mm compat   # what is known", ("compat",)),
    "a pipe": ("cat a | mm gen", None),
    "a file": ("mm embed a > b", None),
    "a variable": ("mm gen $PROMPT", None),
    "another program": ("python a.py", None),
    "a variable before it": ("A=b mm compat", None),
}


@pytest.mark.parametrize(("command", "arguments"), PLAIN.values(), ids=PLAIN)
def test_a_command_needs_a_shell_or_none(command: str, arguments: tuple[str, ...] | None) -> None:
    assert plain(command) == arguments


FITS: Final = {
    "the same": ("a\nb\n", "a\nb\n", True),
    "another line": ("a\nb\n", "a\nc\n", False),
    "a line too many": ("a\n", "a\nb\n", False),
    "a line too few": ("a\nb\n", "a\n", False),
    "any lines": ("a\n...\nz\n", "a\nb\nc\nz\n", True),
    "no lines": ("a\n...\nz\n", "a\nz\n", True),
    "any words": ("a ... c\n", "a b b c\n", True),
    "other words": ("a ... c\n", "a b b d\n", False),
    "signs that mean something": ("a.b (c) [d]*\n", "axb (c) [d]*\n", False),
    "another time": ("250ms • 15→3 tokens • ~$0.000068\n", "7ms • ~1→2 tokens • ~$0.5\n", True),
    "a cost in place of none": ("250ms • 15→3 tokens\n", "7ms • 1→2 tokens • ~$0.5\n", False),
}


@pytest.mark.parametrize(("shown", "written", "expected"), FITS.values(), ids=FITS)
def test_what_is_shown_fits_what_was_written(shown: str, written: str, *, expected: bool) -> None:
    assert fits(shown, written) is expected


WRONG: Final = {
    "another answer": "<!-- runs -->\n```console\n$ mm gen 4 -m openai:gpt-4o -l warning\n5\n```\n",
    "another code": "<!-- runs: 3 -->\n```sh\nmm gen hi -m opnai:gpt-4o\n```\n",
    "a command that fails": "<!-- runs -->\n```sh\nfalse\ntrue\n```\n",
    "a program that raises": "<!-- runs -->\n```python\nraise ValueError\n```\n",
    "nobody is asked": "<!-- runs -->\n<!-- asks: yes -->\n```sh\nmm gen hi -m openai:gpt-4o --dry-run\n```\n",
    "something else is printed": "<!-- runs -->\n```sh\necho a\n```\n\n<!-- prints -->\n```text\nb\n```\n",
}


@pytest.mark.parametrize("page", WRONG.values(), ids=WRONG)
def test_what_is_not_as_the_page_has_it_is_a_flaw(page: str, tmp_path: Path) -> None:
    with stage() as stand_ins, Runner(tmp_path, stand_ins) as runner:
        assert len([flaw for block in blocks(page) for flaw in runner.flaws(block)]) == 1


def test_nothing_leaves_this_machine(tmp_path: Path) -> None:
    said = "export GROQ_API_KEY=a-key\nmm gen hi -m groq:openai/gpt-oss-20b --retries 0\n"
    block = Block(1, "sh", (Mark("runs", "6"),), said)
    with stage() as stand_ins, Runner(tmp_path, stand_ins) as runner:
        assert list(runner.flaws(block)) == []
