"""Files of variables: what a line means, and that nothing in them is run or expanded."""

from pathlib import Path

import pytest
from returns.result import Failure

from modelmix.dotenv import read_env
from modelmix.errors import BadConfig

LINES: dict[str, tuple[str, dict[str, str]]] = {
    "a value": ("A=b", {"A": "b"}),
    "blanks around": ("  A = b  ", {"A": "b"}),
    "export": ("export A=b", {"A": "b"}),
    "double quotes": ('A="b c"', {"A": "b c"}),
    "single quotes": ("A='b c'", {"A": "b c"}),
    "quotes inside quotes": ('A="it\'s"', {"A": "it's"}),
    "an empty value": ("A=", {"A": ""}),
    "an empty value in quotes": ('A=""', {"A": ""}),
    "a comment": ("# A=b", {}),
    "a comment behind": ("A=b # c", {"A": "b"}),
    "a comment behind quotes": ('A="b" # c', {"A": "b"}),
    "a hash inside quotes": ('A="b # c"', {"A": "b # c"}),
    "a hash inside a value": ("A=b#c", {"A": "b#c"}),
    "only a comment for a value": ("A= # c", {"A": ""}),
    "an equals sign inside": ("A=b=c==", {"A": "b=c=="}),
    "blanks inside": ("A=b c", {"A": "b c"}),
    "nothing is expanded": ("A=$HOME/${B}/$(id)", {"A": "$HOME/${B}/$(id)"}),
    "nothing is unescaped": ('A="b\\nc"', {"A": "b\\nc"}),
    "empty lines": ("\n\nA=b\n\n", {"A": "b"}),
    "Windows line ends": ("A=b\r\nC=d\r\n", {"A": "b", "C": "d"}),
    "the last one counts": ("A=b\nA=c", {"A": "c"}),
    "no line end": ("A=b", {"A": "b"}),
    "nothing": ("", {}),
    "a mark at the start": ("\N{ZERO WIDTH NO-BREAK SPACE}A=b", {"A": "b"}),
    "not ASCII": ("A=é", {"A": "é"}),
    "a line of a URL": ("OPENAI_BASE_URL=https://a.example/v1#x", {"OPENAI_BASE_URL": "https://a.example/v1#x"}),
}


@pytest.mark.parametrize(("text", "expected"), LINES.values(), ids=LINES)
def test_a_line_is_a_variable(tmp_path: Path, text: str, expected: dict[str, str]) -> None:
    path = tmp_path / "env"
    path.write_bytes(text.encode())
    assert read_env(path).unwrap() == expected


BAD = {
    "a word": ("A=b\nhello\n", 2),
    "no name": ("=b", 1),
    "a name with a dash": ("A-B=c", 1),
    "a name that begins with a digit": ("\n1A=b", 2),
    "a command": ("A=b\n\nrm -rf /\n", 3),
}


@pytest.mark.parametrize(("text", "line"), BAD.values(), ids=BAD)
def test_a_line_that_is_none_is_named(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "env"
    path.write_text(text, encoding="utf-8")
    expected = BadConfig(where=f"{path}, line {line}", detail="expected NAME=value")
    assert read_env(path) == Failure(expected)


UNREADABLE: dict[str, bytes | None] = {"not there": None, "not UTF-8": b"A=\xff"}


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "env"
    if content is not None:
        path.write_bytes(content)
    error = read_env(path).failure()
    assert isinstance(error, BadConfig)
    assert error.where == str(path)
