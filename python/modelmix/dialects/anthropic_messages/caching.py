"""Where Anthropic is told to keep a prompt: marks on the blocks before each cache point."""

from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias

from msgspec import UNSET, Raw

from modelmix.ast.content import CachePoint
from modelmix.dialects.anthropic_messages import wire
from modelmix.dialects.draft import Notes

_MOST: Final = 4
"""https://platform.claude.com/docs/en/build-with-claude/prompt-caching"""

Markable: TypeAlias = wire.TextBlock | wire.ImageBlock | wire.DocumentBlock | wire.ToolUseBlock | wire.ToolResultBlock


def mark(blocks: Sequence[wire.Block | Raw], point: CachePoint) -> bool:
    """Marks the last block that may be marked; false where there is none. Thinking may not."""
    for block in reversed(blocks):
        if isinstance(block, Markable):
            block.cache_control = wire.CacheControl(point.ttl or UNSET)
            return True
    return False


def limit_marks(system: Sequence[wire.TextBlock], messages: Iterable[wire.Message], notes: Notes) -> None:
    """Takes away the earliest marks where there are too many; the later ones keep more."""
    blocks: list[Markable] = [*system]
    for message in messages:
        for block in message.content if isinstance(message.content, list) else ():
            if isinstance(block, wire.ToolResultBlock) and isinstance(block.content, list):
                blocks.extend(block.content)
            if isinstance(block, Markable):
                blocks.append(block)
    marked = [block for block in blocks if block.cache_control is not UNSET]
    for block in marked[:-_MOST]:
        block.cache_control = UNSET
        notes.dropped("cache_point", f"at most {_MOST} are taken; the last ones stay")
