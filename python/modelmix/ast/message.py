"""Who said it: the turns of a conversation, and short ways to write them."""

from collections.abc import Sequence
from typing import TypeAlias

from modelmix.ast.content import AssistantPart, SystemPart, Text, ToolResult, UserPart
from modelmix.node import Node


class System(Node, frozen=True, tag="system"):
    """How the model shall behave, from whoever runs the conversation."""

    parts: tuple[SystemPart, ...]


class Developer(Node, frozen=True, tag="developer"):
    """As `System`, for providers that rank a developer's word below the system's; elsewhere it is the same."""

    parts: tuple[SystemPart, ...]


class User(Node, frozen=True, tag="user"):
    """What a person, or a program in a person's place, says."""

    parts: tuple[UserPart, ...]


class Assistant(Node, frozen=True, tag="assistant"):
    """What a model said, its parts in the order they came."""

    parts: tuple[AssistantPart, ...]


class Tool(Node, frozen=True, tag="tool"):
    """What tools answered, one result for each call of the turn before."""

    results: tuple[ToolResult, ...]


Message: TypeAlias = System | Developer | User | Assistant | Tool
"""One turn."""

Prompt: TypeAlias = str | Message | Sequence[Message]
"""What may be asked: words, one message, or a whole conversation."""


def system(text: str) -> System:
    """Instructions for the model."""
    return System((Text(text),))


def user(*parts: str | UserPart) -> User:
    """A user's turn of words and media, in order.

    >>> from modelmix.ast.content import Image, Url
    >>> len(user("What is this?", Image(Url("https://example.com/cat.png"))).parts)
    2
    """
    return User(tuple(Text(part) if isinstance(part, str) else part for part in parts))


def assistant(*parts: str | AssistantPart) -> Assistant:
    """A model's turn, as it was or as you wish it had been."""
    return Assistant(tuple(Text(part) if isinstance(part, str) else part for part in parts))


def conversation(prompt: Prompt, system_prompt: str | None = None) -> tuple[Message, ...]:
    """The messages of a prompt, after its system prompt if there is one."""
    messages: tuple[Message, ...]
    if isinstance(prompt, System | Developer | User | Assistant | Tool):
        messages = (prompt,)
    elif isinstance(prompt, str):
        messages = (user(prompt),)
    else:
        messages = tuple(prompt)
    return messages if system_prompt is None else (system(system_prompt), *messages)
