"""Media types as headers say them."""

from collections.abc import Mapping


def media_type(headers: Mapping[str, str]) -> str:
    """The media type of a body, in lower case and without parameters; empty where nothing says it.

    >>> media_type({"content-type": "Text/Event-Stream; charset=utf-8"})
    'text/event-stream'
    """
    return headers.get("content-type", "").partition(";")[0].strip().lower()
