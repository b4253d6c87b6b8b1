"""Fetch a file that a user names by its URL."""

from collections.abc import Mapping
from typing import Final

from returns.result import Failure, Success

from modelmix.errors import BadRequest, FetchFailed
from modelmix.outcome import Outcome
from modelmix.transport.fetch import LIMIT, Errand, fetch

_SECONDS: Final = 60.0


def download(url: str, env: Mapping[str, str], *, limit: int = LIMIT) -> Outcome[bytes]:
    """The bytes behind a URL, `limit` of them at most, in a minute at most."""
    match fetch(Errand(url=url, seconds=_SECONDS, limit=limit), env):
        case Success(found):
            return Success(found.data or b"")
        case Failure(error):
            why = error.why if isinstance(error, FetchFailed) else str(error)
            return Failure(BadRequest(field="attach", value=url, expected=f"a URL that can be fetched ({why})"))
