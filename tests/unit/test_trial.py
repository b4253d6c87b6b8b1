"""The tries of one call: their headers, how many there are, and what is told of them."""

from uuid import UUID

from modelmix.errors import Attempt, BadSpec, Dropped, Rejected, Unreachable
from modelmix.retry import Bucket, Policy
from modelmix.trial import Trial, lower
from unit.making import KEY, call, target

SLOW = Rejected(kind="rate_limit", message="slow down", status=429, retry_after=1.0, provider="openai")
REFUSED = Unreachable(host="api.example", kind="refused", detail="refused")


def trial(provider: str = "openai", *, bucket: Bucket | None = None, retries: int = 2) -> Trial:
    return Trial(call(target(provider)), Policy(retries=retries), bucket or Bucket(), 0.0)


def test_the_key_goes_into_the_header_of_its_provider_and_nowhere_else() -> None:
    headers = trial().headers()
    assert headers["authorization"] == f"Bearer {KEY}"
    assert [name for name, value in headers.items() if KEY in value] == ["authorization"]
    assert headers["user-agent"].startswith("modelmix/")
    assert "authorization" not in Trial(call(target("local", key=None)), Policy(), Bucket(), 0.0).headers()


def test_all_tries_of_one_call_have_one_idempotency_key() -> None:
    tried = trial()
    first = tried.headers()["idempotency-key"]
    assert tried.again(REFUSED) is not None
    assert tried.headers()["idempotency-key"] == first == str(UUID(first))
    assert trial().headers()["idempotency-key"] != first


def test_a_provider_without_idempotency_gets_no_such_header() -> None:
    assert "idempotency-key" not in trial("groq").headers()


def test_two_retries_make_three_tries() -> None:
    tried = trial()
    assert tried.tries == 1
    assert tried.again(REFUSED) is not None
    assert tried.again(REFUSED) is not None
    assert tried.tries == 3
    assert tried.again(REFUSED) is None


def test_the_final_error_tells_the_tries_before_it() -> None:
    tried = trial()
    wait = tried.again(SLOW)
    assert wait is not None
    assert 1.0 <= wait <= 1.1
    told = tried.told(REFUSED)
    assert isinstance(told, Unreachable)
    assert told.attempts == (Attempt(why="Openai limits the rate (429): slow down", status=429, delay=wait),)


def test_an_error_before_sending_has_no_tries() -> None:
    assert trial().told(BadSpec(text="x")) == BadSpec(text="x")


def test_what_does_not_pass_is_not_tried_again() -> None:
    tried = trial()
    assert tried.again(Dropped()) is None
    assert tried.tries == 1


def test_an_empty_bucket_ends_the_tries() -> None:
    bucket = Bucket()
    while bucket.take(REFUSED):
        pass
    assert trial(bucket=bucket).again(REFUSED) is None
    trial(bucket=bucket).succeeded()
    assert trial(bucket=bucket).again(REFUSED) is not None


def test_all_waits_of_a_call_together_stay_within_the_budget() -> None:
    tried = trial(retries=100)
    asked = Rejected(kind="rate_limit", message="later", status=429, retry_after=50.0)
    assert tried.again(asked) is not None
    assert tried.again(asked) is not None
    assert tried.again(asked) is None


def test_names_of_headers_are_read_in_lower_case() -> None:
    assert lower({"Retry-After": "2", "DATE": "X"}) == {"retry-after": "2", "date": "X"}
