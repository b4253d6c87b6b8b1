"""Every recorded reply, written out as a file, is read back as what its dialect makes of it, without being named.

The outcomes themselves are held against the oracle by `test_recordings.py`. Every fifth file is compressed.
"""

import gzip
import sys
import time
from pathlib import Path

import pytest
from returns.result import Failure, Success

from modelmix.ast.event import Failed
from modelmix.ast.response import Response
from modelmix.decode import DIALECTS, DialectName
from modelmix.errors import MixError
from modelmix.ingest.files import ingest_files
from modelmix.ingest.replies import with_partial
from modelmix.outcome import Outcome
from stream.feeding import read
from stream.recordings import records


def written(shared: Path, dialect: DialectName, folder: Path) -> dict[str, tuple[int, Outcome[Response]]]:
    """Writes the replies of a dialect; gives what each is, by the file that holds it."""
    wanted: dict[str, tuple[int, Outcome[Response]]] = {}
    for number, (recording, body) in enumerate(records(shared, dialect)):
        if recording.response.status == 200:
            file = folder / f"{number:05}.{recording.wire}"
            file.write_bytes(gzip.compress(body) if number % 5 == 0 else body)
            wanted[str(file)] = len(body), outcome(body, dialect)
    return wanted


def outcome(body: bytes, dialect: DialectName) -> Outcome[Response]:
    """What the dialect makes of a body."""
    reading = read([body], dialect=dialect)
    if not isinstance(reading.end, Failed):
        return Success(reading.answer)
    error: MixError = with_partial(reading.end.error, reading.answer)
    return Failure(error)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_recorded_reply_is_read_back_from_a_file(
    dialect: DialectName, shared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wanted = written(shared, dialect, tmp_path)
    started = time.perf_counter()
    ingested = [*ingest_files([tmp_path])]
    seconds = time.perf_counter() - started
    assert [found.file for found in ingested] == sorted(wanted)
    assert [found.file for found in ingested if found.outcome != wanted[found.file][1]] == []
    size = sum(length for length, _ in wanted.values())
    broken = sum(isinstance(found.outcome, Failure) for found in ingested)
    with capsys.disabled():
        rate = f"{len(ingested) / seconds:,.0f} a second, {size / 1e6 / seconds:,.0f} MB/s"
        sys.stdout.write(f" {dialect}: {len(ingested):,} replies, {broken} of them broken, {rate} ")
    assert broken < len(ingested)
