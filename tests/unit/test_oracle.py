"""The part of the oracle that needs no SDK: what counts as agreement, and as an explanation."""

import gzip
import hashlib

import msgspec
import pytest
from msgspec import Struct

from oracle import ours
from oracle.compare import Found, compare
from oracle.differences import DIFFERENCES
from oracle.differences.difference import Difference, differ
from oracle.made import made
from oracle.recorded import RECORDINGS, recorded
from oracle.reply import ORACLE_DIALECTS, Call, Heard, OracleDialect, Problem, WireReply
from oracle.tally import Tally

SAID = Heard(text="hi", finish="stop", raw_finish="stop", input=3, output=1, total=4)

COMPARED = {
    "the same answer": (SAID, SAID, ()),
    "raising is no field": (Heard(raised=True), Heard(), ()),
    "another text": (SAID, Heard(finish="stop", raw_finish="stop", input=3, output=1, total=4), ("text",)),
    "a call without its id": (
        Heard(tool_calls=(Call("f", "1", {}),)),
        Heard(tool_calls=(Call("f", None, {}),)),
        ("tool_calls",),
    ),
    "the same error": (Heard(error=Problem(429, "slow")), Heard(error=Problem(429, "slow")), ()),
    "the same error with another status": (
        Heard(error=Problem(429, "slow")),
        Heard(error=Problem(400, "slow")),
        ("error",),
    ),
    "two faults, each in its own words": (
        Heard(error=Problem(fault="JSONDecodeError")),
        Heard(error=Problem(fault="html")),
        (),
    ),
    "a fault is not a message": (Heard(error=Problem(fault="html")), Heard(error=Problem(None, "no")), ("error",)),
    "an answer is not an error": (SAID, Heard(error=Problem(None, "no")), ("error",)),
}


@pytest.mark.parametrize(("sdk", "our", "fields"), COMPARED.values(), ids=COMPARED)
def test_fields_that_differ_are_found(sdk: Heard, our: Heard, fields: tuple[str, ...]) -> None:
    assert tuple(found.field for found in compare(sdk, our)) == fields


def _more(sdk: Heard) -> object:
    return (sdk.output or 0) + 2


TALLIED = {
    "no difference": (differ(("text",), "a/*"), (), (1, 0, 0), 0, 1),
    "a reason for it": (differ(("output",), "a/*"), ("output",), (0, 1, 0), 0, 0),
    "a reason for another field": (differ(("text",), "a/*"), ("output",), (0, 0, 1), 1, 1),
    "a reason for another reply": (differ(("output",), "b/*"), ("output",), (0, 0, 1), 1, 1),
    "a reason for one of two": (differ(("output",), "a/*"), ("output", "text"), (0, 0, 1), 1, 0),
    "a reason that tells our value": (differ(("output",), "a/*", ours=_more), ("output",), (0, 1, 0), 0, 0),
    "a reason that tells another value": (
        differ(("output",), "a/*", ours=lambda sdk: sdk.output),
        ("output",),
        (0, 0, 1),
        1,
        1,
    ),
}


@pytest.mark.parametrize(("group", "fields", "verdicts", "left", "unused"), TALLIED.values(), ids=TALLIED)
def test_a_difference_needs_its_reason_and_a_reason_its_difference(
    group: tuple[Difference, ...],
    fields: tuple[str, ...],
    verdicts: tuple[int, int, int],
    left: int,
    unused: int,
) -> None:
    tally = Tally("openai-chat", {"because": group})
    found = tuple(Found(field, 1, 3) for field in fields)
    assert len(tally.add("a/1", Heard(output=1, raised=True), found)) == left
    assert (tally.equal, tally.explained, tally.unexplained) == verdicts
    assert (tally.compared, tally.raised, len(tally.unused())) == (1, 1, unused)


MADE = tuple(reply for reply in made() if ours.available(reply.dialect))


@pytest.mark.parametrize("reply", MADE, ids=[reply.id for reply in MADE])
def test_a_reply_of_our_own_making_is_an_answer_or_an_error_with_a_message(reply: WireReply) -> None:
    dialect = ours.available(reply.dialect)
    assert dialect is not None
    heard = ours.read(reply, dialect)
    if heard.error:
        assert heard.error.message
        assert heard.error.fault is None
    else:
        assert heard.finish not in {None, "unknown"}
        assert (heard.input, heard.cache_read) in {(30, 8), (32, 8)}


@pytest.mark.parametrize("dialect", ORACLE_DIALECTS)
def test_no_reason_speaks_of_replies_of_our_own_making(dialect: OracleDialect) -> None:
    patterns = {difference.ids for group in DIFFERENCES[dialect].values() for difference in group}
    assert not {pattern for pattern in patterns if pattern.startswith(("made", "*"))}
    assert {reply.dialect for reply in made()} == set(ORACLE_DIALECTS)


class Bytes(Struct):
    sha256: str
    sizes: tuple[int, ...] = ()


class Record(Struct):
    id: str
    response: Bytes


def test_recorded_bytes_and_their_cuts_are_those_of_the_recordings() -> None:
    if not RECORDINGS.is_dir():
        pytest.skip("recordings are not at hand")
    lines = [line for file in RECORDINGS.glob("*.gz") for line in gzip.decompress(file.read_bytes()).splitlines()]
    records = {record.id: record.response for line in lines for record in (msgspec.json.decode(line, type=Record),)}
    replies = tuple(recorded())
    assert {reply.dialect for reply in replies} == set(ORACLE_DIALECTS)
    for reply in replies:
        told = records[reply.id]
        assert hashlib.sha256(reply.body).hexdigest() == told.sha256
        assert tuple(map(len, reply.chunks)) == (told.sizes or (len(reply.body),))
