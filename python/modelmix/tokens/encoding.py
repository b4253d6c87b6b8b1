"""A text as tokens, in the encodings that OpenAI has published. The cutting itself is Rust."""

from typing import Literal, TypeAlias

from modelmix import _native

EncodingName: TypeAlias = Literal["o200k_base", "cl100k_base"]
"""The encodings whose tables are built in: that of GPT-4o and everything after it, and that of GPT-4 and GPT-3.5."""


def count(text: str, encoding: EncodingName = "o200k_base") -> int:
    """How many tokens a text is. Words of control in it, such as `<|endoftext|>`, are text like any other.

    >>> count("What is 2+2?")
    7
    """
    return _native.count_tokens(_whole(text), encoding)


def encode(text: str, encoding: EncodingName = "o200k_base") -> list[int]:
    """The numbers of the tokens of a text.

    >>> encode("hello world", "cl100k_base")
    [15339, 1917]
    """
    return _native.encode_tokens(_whole(text), encoding)


def _whole(text: str) -> str:
    """The text with a question mark for every half of a character, which no provider takes and no encoding knows."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text
