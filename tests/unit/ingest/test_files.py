"""Captured replies where they lie: which files are read, in which order, and what becomes of those that cannot be."""

import gzip
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

import pytest
from returns.result import Failure, Success

from modelmix.errors import BadRequest, Truncated
from modelmix.ingest.files import CHUNK, Ingested, Unreadable, chunks, ingest_files, places

BODY: Final = b'{"model":"m","message":{"content":"hi"},"done":true}\n'


def written(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(BODY)


def found(folder: Path, *paths: str) -> list[str]:
    return [str(place.path.relative_to(folder)) for place in places(folder / path for path in paths or (".",))]


def test_folders_are_read_with_their_folders_in_order(tmp_path: Path) -> None:
    written(tmp_path, "b.json", "a/2.sse", "a/10.sse", "a/b/x.ndjson.gz", "c/z", "B.json")
    assert found(tmp_path) == ["B.json", "a/10.sse", "a/2.sse", "a/b/x.ndjson.gz", "b.json", "c/z"]


def test_files_come_in_the_order_in_which_they_are_named(tmp_path: Path) -> None:
    written(tmp_path, "b.json", "a/1.sse", "c.json")
    assert found(tmp_path, "c.json", "a", "b.json", "c.json") == ["c.json", "a/1.sse", "b.json", "c.json"]


def test_hidden_names_are_passed_over_unless_they_are_named(tmp_path: Path) -> None:
    written(tmp_path, ".cache/a", ".DS_Store", "b")
    assert found(tmp_path) == ["b"]
    assert found(tmp_path, ".DS_Store", ".cache") == [".DS_Store", ".cache/a"]


def test_links_to_folders_are_not_followed_and_pipes_not_waited_for(tmp_path: Path) -> None:
    written(tmp_path, "a/1.sse")
    (tmp_path / "a" / "round").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a" / "2.sse").symlink_to(tmp_path / "a" / "1.sse")
    os.mkfifo(tmp_path / "a" / "3.sse")
    assert found(tmp_path) == ["a/1.sse", "a/2.sse"]


def cut(data: bytes) -> bytes:
    return gzip.compress(data)[:-4]


OPENED: Final[dict[str, tuple[bytes, bytes]]] = {
    "plain": (BODY, BODY),
    "compressed": (gzip.compress(BODY), BODY),
    "compressed in members": (gzip.compress(BODY[:9]) + gzip.compress(BODY[9:]), BODY),
    "compressed and padded": (gzip.compress(BODY) + b"\0" * 9, BODY),
    "compressed and cut": (cut(BODY), BODY),
    "compressed and longer than a chunk": (gzip.compress(BODY * 9999), BODY * 9999),
    "one byte": (b"{", b"{"),
    "nothing": (b"", b""),
}


@pytest.mark.parametrize(("raw", "opened"), OPENED.values(), ids=OPENED)
def test_files_are_opened_whatever_their_names(tmp_path: Path, raw: bytes, opened: bytes) -> None:
    (tmp_path / "reply").write_bytes(raw)
    (place,) = places([tmp_path])
    pieces = [*chunks(place)]
    assert b"".join(pieces) == opened
    assert all(0 < len(piece) <= CHUNK for piece in pieces)


def nothing(path: Path) -> None:
    assert not path.exists()


def damaged(path: Path) -> None:
    raw = bytearray(gzip.compress(os.urandom(1000)))
    raw[500] ^= 0xFF
    path.write_bytes(raw)


def no_gzip(path: Path) -> None:
    path.write_bytes(b"\x1f\x8b is not all that gzip begins with")


UNREADABLE: Final[dict[str, Callable[[Path], None]]] = {
    "nothing there": nothing,
    "damaged gzip": damaged,
    "no gzip after all": no_gzip,
}


@pytest.mark.parametrize("make", UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cannot_be_read_is_an_error_and_the_next_one_follows(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    make(tmp_path / "bad")
    written(tmp_path, "good")
    bad, good = ingest_files([tmp_path / "bad", tmp_path / "good"])
    error = bad.outcome.failure()
    assert isinstance(error, BadRequest)
    assert (bad.file, error.field, error.value) == (str(tmp_path / "bad"), "file", str(tmp_path / "bad"))
    assert (good.file, good.outcome.unwrap().text) == (str(tmp_path / "good"), "hi")
    with pytest.raises(Unreadable):
        b"".join(chunks(next(places([tmp_path / "bad"]))))


def test_a_folder_that_cannot_be_listed_is_an_error_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "a/1", "b/1")
    listed = os.scandir

    def scandir(path: Path) -> AbstractContextManager[Iterator[os.DirEntry[str]]]:
        if path.name == "a":
            raise PermissionError(13, "Permission denied")
        return listed(str(path))

    monkeypatch.setattr(os, "scandir", scandir)
    bad, good = ingest_files([tmp_path])
    assert bad.outcome == Failure(
        BadRequest(field="file", value=str(tmp_path / "a"), expected="a file that can be read (Permission denied)")
    )
    assert good.file == str(tmp_path / "b" / "1")


def test_a_reply_that_was_cut_is_named_with_what_came_of_it(tmp_path: Path) -> None:
    body = b'{"model":"m","message":{"content":"hi"},"done":false}\n'
    (tmp_path / "cut.gz").write_bytes(gzip.compress(body) + gzip.compress(b"more")[:5])
    (ingested,) = ingest_files([tmp_path])
    error = ingested.outcome.failure()
    assert isinstance(error, Truncated)
    assert error.partial is not None
    assert error.partial.text == "hi"


def test_dialect_and_markup_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(BODY.replace(b"hi", b"<think>hm</think>hi"))
    (plain,) = ingest_files([tmp_path], dialect="ollama-chat")
    (tagged,) = ingest_files([tmp_path], tags="think")
    (other,) = ingest_files([tmp_path], dialect="openai-chat")
    assert plain.outcome.unwrap().text == "<think>hm</think>hi"
    assert tagged.outcome.unwrap().text == "hi"
    assert isinstance(other.outcome, Failure)


def test_a_name_that_is_no_text_is_told_as_some(tmp_path: Path) -> None:
    path = os.fsencode(tmp_path) + b"/a\xff"
    with open(path, "wb") as file:  # noqa: PTH123 - pathlib takes no bytes
        file.write(BODY)
    (ingested,) = ingest_files([tmp_path])
    assert ingested.file == f"{tmp_path}/a\N{REPLACEMENT CHARACTER}"
    assert isinstance(ingested.outcome, Success)


def test_files_are_read_one_at_a_time(tmp_path: Path) -> None:
    written(tmp_path, "a", "b")
    reader = ingest_files([tmp_path])
    first = next(reader)
    (tmp_path / "b").unlink()
    second = next(reader)
    assert isinstance(first, Ingested)
    assert isinstance(first.outcome, Success)
    assert isinstance(second.outcome, Failure)
