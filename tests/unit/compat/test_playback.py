"""Each recorded exchange is used once, by the request that it was recorded for."""

from concurrent.futures import ThreadPoolExecutor

from modelmix.compat.fixture import Recording
from modelmix.compat.playback import Playback
from modelmix.errors import FixtureDrift
from unit.compat.taking import kept, take

ONE, TWO = take(b'{"n":1}', b"one"), take(b'{"n":2}', b"two")


def reply(found: Recording | FixtureDrift) -> bytes:
    assert isinstance(found, Recording)
    return found.body


def test_the_same_request_gets_one_reply_after_another() -> None:
    playback = Playback(kept(take(b'{"n":1}', b"a"), take(b'{"n":1}', b"b")))
    assert [reply(playback.take(ONE.request)) for _ in range(2)] == [b"a", b"b"]
    assert playback.left == ()


def test_different_requests_may_come_in_any_order() -> None:
    playback = Playback(kept(ONE, TWO))
    assert reply(playback.take(TWO.request)) == b"two"
    assert [each.fixture.step for each in playback.left] == [1]
    assert reply(playback.take(ONE.request)) == b"one"


def test_another_request_is_a_drift_from_the_first_one_left() -> None:
    playback = Playback(kept(ONE, TWO))
    playback.take(ONE.request)
    drift = playback.take(take(b'{"n":3}').request)
    assert drift == FixtureDrift(where="basic.2", path="$.n", recorded="2", built="3")
    assert playback.drifts == (drift,)
    assert len(playback.left) == 1


def test_a_request_too_many_is_a_drift() -> None:
    playback = Playback(kept(ONE))
    playback.take(ONE.request)
    drift = playback.take(ONE.request)
    assert isinstance(drift, FixtureDrift)
    assert (drift.path, drift.recorded) == ("request 2", "nothing")
    assert drift.built == "POST https://api.example.com/v1/chat/completions"


def test_nothing_recorded_is_a_drift_without_the_keys_of_a_url() -> None:
    drift = Playback(()).take(take(url="https://a.example/v1?key=AIza").request)
    assert isinstance(drift, FixtureDrift)
    assert drift.built == "POST https://a.example/v1?key=***"


def test_threads_share_a_playback() -> None:
    takes = [take(b'{"n":%d}' % (each % 7), b"%d" % each) for each in range(70)]
    playback = Playback(kept(*takes))
    with ThreadPoolExecutor(8) as pool:
        found = [reply(each) for each in pool.map(playback.take, [taken.request for taken in takes])]
    assert sorted(found) == sorted(b"%d" % each for each in range(70))
    assert (playback.left, playback.drifts) == ((), ())
