"""What a reader takes for one character."""

from modelmix import _native


def shorten(text: str, limit: int) -> tuple[str, bool]:
    """The first `limit` graphemes of a text, and whether that is all of it.

    >>> shorten("e\N{COMBINING ACUTE ACCENT}clair", 1) == ("e\N{COMBINING ACUTE ACCENT}", False)
    True
    """
    return _native.shorten(text.encode("utf-8", "replace").decode(), limit)
