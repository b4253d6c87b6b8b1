"""What a command is given besides its options: standard input, files, attachments, keys."""

import io
import sys
from pathlib import Path

import pytest
from returns.result import Success

from modelmix.ast.content import Audio, Bytes, File, Image, Url, UserPart
from modelmix.cli import inputs
from modelmix.errors import BadRequest
from unit.making import KEY

PNG = b"\x89PNG\r\n\x1a\n"


def say(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    """Puts bytes on standard input."""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), encoding="utf-8"))


def test_standard_input_is_read_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, b"a\r\nb\xff\x00")
    notes: list[str] = []
    assert inputs.read_stdin(notes.append) == Success(b"a\r\nb\xff\x00")
    assert notes == []


LIMIT = 16 << 20
SIZES = {"as much as may be": (LIMIT, True), "one byte more": (LIMIT + 1, False)}


@pytest.mark.parametrize(("size", "fits"), SIZES.values(), ids=SIZES)
def test_standard_input_has_a_limit(monkeypatch: pytest.MonkeyPatch, size: int, *, fits: bool) -> None:
    say(monkeypatch, b"x" * size)
    outcome = inputs.read_stdin(lambda _: None)
    assert isinstance(outcome, Success) == fits
    assert outcome.map(len).value_or(LIMIT) == LIMIT


WITH: dict[str, tuple[str | None, bytes | None, str]] = {
    "a prompt": ("Hello.", None, "Hello."),
    "standard input": (None, b"Hello.\n", "Hello."),
    "both": ("Sum up:", b"one\ntwo\n", "Sum up:\n\none\ntwo"),
    "an empty standard input": ("Hello.", b"", "Hello."),
    "line ends alone": ("Hello.", b"\n\n", "Hello."),
    "an empty prompt": ("", b"Hello.", "Hello."),
    "blanks inside stay": (None, b"  a\n\n  b  ", "  a\n\n  b  "),
    "not ASCII": (None, "grüße".encode(), "grüße"),
}


@pytest.mark.parametrize(("prompt", "data", "expected"), WITH.values(), ids=WITH)
def test_standard_input_is_added_to_the_prompt_or_is_the_prompt(
    prompt: str | None, data: bytes | None, expected: str
) -> None:
    assert inputs.with_input(prompt, data) == Success(expected)


WITHOUT: dict[str, tuple[str | None, bytes | None, str]] = {
    "nothing": (None, None, "prompt"),
    "empty things": ("", b"\n", "prompt"),
    "bytes that are no text": ("Hello.", b"\x89PNG\xff", "standard input"),
}


@pytest.mark.parametrize(("prompt", "data", "field"), WITHOUT.values(), ids=WITHOUT)
def test_without_words_there_is_no_prompt(prompt: str | None, data: bytes | None, field: str) -> None:
    error = inputs.with_input(prompt, data).failure()
    assert isinstance(error, BadRequest)
    assert error.field == field


def test_a_text_is_a_text_or_a_file(tmp_path: Path) -> None:
    path = tmp_path / "system.txt"
    path.write_text("Be brief.\n", encoding="utf-8")
    assert inputs.text_or_file("Be brief.", "system") == Success("Be brief.")
    assert inputs.text_or_file(f"@{path}", "system") == Success("Be brief.\n")
    assert inputs.text_or_file("", "system") == Success("")
    assert inputs.text_or_file("me@example.com", "system") == Success("me@example.com")


NO_FILES = {"not there": "@nowhere/at/all", "a folder": "@.", "no name": "@", "nobody's": "@~nobody-at-all/x"}


@pytest.mark.parametrize("value", NO_FILES.values(), ids=NO_FILES)
def test_a_file_that_cannot_be_read_is_told(value: str) -> None:
    error = inputs.text_or_file(value, "system").failure()
    assert isinstance(error, BadRequest)
    assert (error.field, error.value) == ("system", value)


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"\xff")
    assert isinstance(inputs.text_or_file(f"@{path}", "system").failure(), BadRequest)


ATTACHED: dict[str, tuple[str, bytes, UserPart]] = {
    "an image": ("cat.png", PNG, Image(Bytes(PNG, "image/png"))),
    "an image by its content, not its name": ("cat.txt", PNG, Image(Bytes(PNG, "image/png"))),
    "a document": ("a.pdf", b"%PDF-1.7", File(Bytes(b"%PDF-1.7", "application/pdf"), "a.pdf")),
    "a recording": ("a.mp3", b"ID3\x04", Audio(Bytes(b"ID3\x04", "audio/mpeg"))),
    "a text": ("a.md", b"# Hello", File(Bytes(b"# Hello", "text/plain"), "a.md")),
}


@pytest.mark.parametrize(("name", "data", "expected"), ATTACHED.values(), ids=ATTACHED)
def test_a_file_is_attached_as_what_it_is(tmp_path: Path, name: str, data: bytes, expected: UserPart) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert inputs.attachment(str(path), None) == Success(expected)


PIPED: dict[str, tuple[bytes, UserPart]] = {
    "an image": (PNG, Image(Bytes(PNG, "image/png"))),
    "a text": (b"hello", File(Bytes(b"hello", "text/plain"))),
}


@pytest.mark.parametrize(("data", "expected"), PIPED.values(), ids=PIPED)
def test_standard_input_is_attached(data: bytes, expected: UserPart) -> None:
    assert inputs.attachment("-", data) == Success(expected)


URLS: dict[str, UserPart] = {
    "https://example.com/cat.png": Image(Url("https://example.com/cat.png")),
    "http://example.com/cat": Image(Url("http://example.com/cat")),
    "https://example.com/cat?format=pdf": Image(Url("https://example.com/cat?format=pdf")),
    "https://example.com/a.PDF": File(Url("https://example.com/a.PDF"), "a.pdf"),
    "https://example.com/a.mp3?x=1": Audio(Url("https://example.com/a.mp3?x=1")),
}


@pytest.mark.parametrize(("url", "expected"), URLS.items(), ids=URLS)
def test_a_url_stays_one_and_its_path_tells_what_is_there(url: str, expected: UserPart) -> None:
    assert inputs.attachment(url, None) == Success(expected)


UNATTACHED: dict[str, tuple[str, bytes | None]] = {
    "not there": ("nowhere.png", None),
    "a folder": (".", None),
    "nobody's": ("~nobody-at-all/x.png", None),
    "a name that is too long": ("x" * 5000, None),
    "nothing on standard input": ("-", b""),
    "no standard input": ("-", None),
    "bytes that are nothing we know": ("-", b"\x7fELF\x00\xff"),
}


@pytest.mark.parametrize(("value", "data"), UNATTACHED.values(), ids=UNATTACHED)
def test_what_cannot_be_attached_is_told(value: str, data: bytes | None) -> None:
    error = inputs.attachment(value, data).failure()
    assert isinstance(error, BadRequest)
    assert error.field == "attach"


def test_a_file_that_is_too_large_is_told_unread(tmp_path: Path) -> None:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate((64 << 20) + 1)
    error = inputs.attachment(str(path), None).failure()
    assert isinstance(error, BadRequest)
    assert error.expected == "a file of 64 MiB at most"


PAIRS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "none": ((), {}),
    "a word": (("mode=fast",), {"mode": '"fast"'}),
    "a number": (("top_k=5",), {"top_k": "5"}),
    "a truth": (("safe=true",), {"safe": "true"}),
    "nothing": (("user=null",), {"user": "null"}),
    "JSON": (('metadata={"a":[1,2]}',), {"metadata": '{"a":[1,2]}'}),
    "a quoted number": (('user="5"',), {"user": '"5"'}),
    "an equals sign inside": (("filter=a=b",), {"filter": '"a=b"'}),
    "an empty value": (("user=",), {"user": '""'}),
    "several": (("a=1", "b=2"), {"a": "1", "b": "2"}),
    "the last one counts": (("a=1", "a=2"), {"a": "2"}),
    "almost JSON": (("a={b}",), {"a": '"{b}"'}),
}


@pytest.mark.parametrize(("pairs", "expected"), PAIRS.values(), ids=PAIRS)
def test_an_option_is_json_where_it_can_be_else_text(pairs: tuple[str, ...], expected: dict[str, str]) -> None:
    assert dict(inputs.provider_options(pairs).unwrap()) == expected


@pytest.mark.parametrize("pair", ["top_k", "=5", "", "="])
def test_an_option_has_a_name_and_a_value(pair: str) -> None:
    error = inputs.provider_options(("a=1", pair)).failure()
    assert error == BadRequest(field="option", value=pair, expected="key=value")


def test_a_key_comes_from_the_variable_that_is_named() -> None:
    assert inputs.given_key("MY_KEY", None, {"MY_KEY": KEY}) == Success(KEY)
    assert inputs.given_key(None, None, {"MY_KEY": KEY}) == Success(None)


@pytest.mark.parametrize("env", [{}, {"MY_KEY": ""}], ids=["not set", "empty"])
def test_a_variable_that_says_nothing_is_told(env: dict[str, str]) -> None:
    error = inputs.given_key("MY_KEY", None, env).failure()
    assert error == BadRequest(field="api-key-env", value="MY_KEY", expected="a variable that is set")


def test_a_key_comes_from_the_file_that_is_named(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(f"{KEY}\n", encoding="utf-8")
    assert inputs.given_key(None, path, {}) == Success(KEY)


def test_a_key_comes_from_the_first_line_of_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, f"{KEY}\nthe prompt\n".encode())
    assert inputs.given_key(None, Path("-"), {}) == Success(KEY)
    assert sys.stdin.read() == "the prompt\n"


@pytest.mark.parametrize("name", ["nowhere/at/all", ".", "~nobody-at-all/key"])
def test_a_key_file_that_cannot_be_read_is_told(name: str) -> None:
    error = inputs.given_key(None, Path(name), {}).failure()
    assert isinstance(error, BadRequest)
    assert error.field == "api-key-file"
