"""A conversation in the making: turns of users and assistants, each call answered in the turn after it."""

from typing import Final, Literal

from msgspec import UNSET

from modelmix.ast.content import CachePoint
from modelmix.dialects.anthropic_messages import wire
from modelmix.dialects.anthropic_messages.caching import limit_marks, mark
from modelmix.dialects.anthropic_messages.ids import Ids
from modelmix.dialects.draft import Notes

_NO_RESULT: Final = "No result was given."
_GO_ON: Final = "Go on."


class Turns:
    """What has been said so far. Turns of one role that follow each other are one."""

    __slots__ = ("_messages", "ids", "notes", "system")

    def __init__(self, notes: Notes) -> None:
        self.notes = notes
        self.system: list[wire.TextBlock] = []
        self.ids = Ids()
        self._messages: list[tuple[Literal["user", "assistant"], wire.Content]] = []

    def begun(self) -> bool:
        """Whether anybody has spoken yet."""
        return bool(self._messages)

    def speak(self, role: Literal["user", "assistant"]) -> wire.Content:
        """The content of this role's turn, to be added to. Calls that have no result by now get one."""
        missing = self.ids.unanswered()
        self.ids.forget()
        if missing:
            self.notes.added("tool_result", "every call must have a result", into=_NO_RESULT)
            self.answer(*[wire.ToolResultBlock(each, _NO_RESULT, is_error=True) for each in missing])
        return self._content(role)

    def answer(self, *results: wire.ToolResultBlock) -> None:
        """Results of calls, which stand before all else in their turn."""
        content = self._content("user")
        at = sum(isinstance(block, wire.ToolResultBlock) for block in content)
        content[at:at] = results

    def remark(self, *blocks: wire.ResultBlock) -> None:
        """What a user's turn holds besides results."""
        self._content("user").extend(blocks)

    def _content(self, role: Literal["user", "assistant"]) -> wire.Content:
        if not self._messages or self._messages[-1][0] != role:
            self._messages.append((role, []))
        return self._messages[-1][1]

    def point(self, point: CachePoint) -> None:
        """Marks what was said last, in whatever turn that is, or else the instructions."""
        for _, content in reversed(self._messages):
            if mark(content, point):
                return
        if not mark(self.system, point):
            self.notes.dropped("cache_point", "there is nothing before it to be cached")

    def finish(self) -> list[wire.Message]:
        """The turns as they are sent: none empty, the first a user's."""
        if self.ids.unanswered():
            self.speak("user")
        messages: list[wire.Message] = []
        for role, content in self._messages:
            last = messages[-1] if messages else None
            if not content:
                self.notes.dropped("messages", "a turn without content is refused")
            elif last is not None and last.role == role and isinstance(last.content, list):
                last.content.extend(content)
            else:
                messages.append(wire.Message(role, content))
        if not messages or messages[0].role != "user":
            self.notes.added("messages", "a conversation begins with a user's turn", into=_GO_ON)
            messages.insert(0, wire.Message("user", [wire.TextBlock(_GO_ON)]))
        _trim(messages[-1], self.notes)
        limit_marks(self.system, messages, self.notes)
        for message in messages:
            message.content = _plain(message.content)
        return messages


def _trim(last: wire.Message, notes: Notes) -> None:
    """A turn that the model shall go on with must not end in white space."""
    block = last.content[-1]
    if last.role == "assistant" and isinstance(block, wire.TextBlock) and block.text != block.text.rstrip():
        notes.changed("messages", "a turn to be continued must not end in white space", into="trimmed words")
        block.text = block.text.rstrip()


def _plain(content: str | wire.Content) -> str | wire.Content:
    """Content that is nothing but words, as a string."""
    if isinstance(content, list) and len(content) == 1:
        block = content[0]
        if isinstance(block, wire.TextBlock) and block.citations is UNSET and block.cache_control is UNSET:
            return block.text
    return content
