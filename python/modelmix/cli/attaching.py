"""Attachments that a provider does not fetch itself are fetched here, and sent along."""

from collections.abc import Mapping

from returns.result import Success

from modelmix.ast.content import Audio, File, Image, Url, UserPart
from modelmix.ast.message import User
from modelmix.cli.inputs import by_bytes
from modelmix.outcome import Outcome, and_then, collect, mapped
from modelmix.transport.download import download


def has_urls(message: User) -> bool:
    """Whether something in a message is given by URL."""
    return any(_url(part) is not None for part in message.parts)


def inlined(message: User, env: Mapping[str, str]) -> Outcome[User]:
    """The message with the bytes of what it gives by URL."""
    return mapped(collect(_fetched(part, env) for part in message.parts), User)


def _fetched(part: UserPart, env: Mapping[str, str]) -> Outcome[UserPart]:
    url = _url(part)
    if url is None:
        return Success(part)
    name = url.rpartition("/")[2].partition("?")[0] or None
    return and_then(download(url, env), lambda data: by_bytes(data, url, name))


def _url(part: UserPart) -> str | None:
    match part:
        case Image(source=Url(url)) | Audio(source=Url(url)) | File(source=Url(url)):
            return url
        case _:
            return None
