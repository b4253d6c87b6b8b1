"""Ask a server single questions, within a bound on their number."""

from collections.abc import Mapping
from typing import Final

from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.call import HIDDEN, Call, auth_header
from modelmix.errors import BadRequest, MixError, SentError
from modelmix.outcome import Outcome
from modelmix.providers.provider import Provider
from modelmix.secret import SHORT, Secret
from modelmix.transport.inquiry import Inquiry, Told, inquire

_JSON: Final = "application/json"


class Asker:
    """Sends single requests to one server, each once, and counts them. No answer that it gives holds the key."""

    __slots__ = ("_cap", "_env", "_key", "_seconds", "asked")

    def __init__(self, env: Mapping[str, str], key: Secret | None, *, seconds: float, cap: int) -> None:
        self._env = env
        self._key = key
        self._seconds = seconds
        self._cap = cap
        self.asked = 0

    @property
    def left(self) -> int:
        """How many more requests there may be."""
        return max(self._cap - self.asked, 0)

    def look_up(self, row: Provider, path: str) -> Outcome[Told]:
        """What stands at a path below the base URL of a row."""
        return self._ask("GET", row.base_url + path, {"accept": _JSON, **row.headers}, row)

    def send(self, call: Call, body: bytes | None = None) -> Outcome[Told]:
        """What comes back to a call, or to another body in its place."""
        headers = dict(call.headers)
        return self._ask("POST", call.url, headers, call.target.provider, call.body if body is None else body)

    def _ask(
        self, method: str, url: str, headers: Mapping[str, str], row: Provider, body: bytes = b""
    ) -> Outcome[Told]:
        if not self.left:
            expected = "more, since the server has not been found out about yet"
            return Failure(BadRequest(field="max-requests", value=str(self._cap), expected=expected))
        self.asked += 1
        own = dict([] if self._key is None else [auth_header(row, self._key.reveal())])
        sent = Inquiry(method=method, url=url, headers={**headers, **own}, body=body, seconds=self._seconds)
        told = inquire(sent, self._env)
        return Success(self._clean(told)) if isinstance(told, Told) else Failure(_named(told, row))

    def _clean(self, told: Told) -> Told:
        """Without the key, which some servers say back."""
        key = "" if self._key is None else self._key.reveal()
        return replace(told, body=told.body.replace(key.encode(), HIDDEN.encode())) if len(key) >= SHORT else told


def _named(error: SentError, row: Provider) -> MixError:
    return replace(error, provider=row.id)
