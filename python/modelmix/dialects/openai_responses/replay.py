"""What an earlier answer kept to go back with it."""

from typing import Final, TypeVar

import msgspec

from modelmix.ast.content import Reasoning, Seal
from modelmix.dialects.openai_responses import wire

OWNER: Final = "openai-responses"

S = TypeVar("S", bound=msgspec.Struct)


def _read(seal: Seal | None, kind: type[S]) -> S | None:
    """What our own seal says; None for those of others, and for what is none of ours."""
    if seal is None or seal.owner != OWNER:
        return None
    try:
        return msgspec.json.decode(seal.value, type=kind)
    except msgspec.DecodeError:
        return None


def kept(seal: Seal | None) -> wire.Sealed:
    """What goes back with a text or a call."""
    return _read(seal, wire.Sealed) or wire.Sealed()


def annotation(seal: Seal | None) -> msgspec.Raw | None:
    """A source in the provider's own words."""
    return _read_raw(seal)


def reasoning_item(part: Reasoning, *, stored: bool) -> tuple[msgspec.Raw, wire.Replayed] | None:
    """An item of reasoning as it came, if the provider can make anything of it.

    Without encrypted or plain content it is but an id, which is known only to a provider that stores its responses.
    """
    item, raw = _read(part.seal, wire.Replayed), _read_raw(part.seal)
    if item is None or raw is None or not (item.encrypted_content or item.content or (stored and item.id)):
        return None
    return raw, item


def without_id(item: msgspec.Raw) -> msgspec.Raw:
    """The item without its id."""
    members = msgspec.json.decode(item, type=dict[str, msgspec.Raw])
    return msgspec.Raw(msgspec.json.encode({name: value for name, value in members.items() if name != "id"}))


def _read_raw(seal: Seal | None) -> msgspec.Raw | None:
    if seal is None or seal.owner != OWNER:
        return None
    try:
        return (
            msgspec.Raw(seal.value.encode()) if msgspec.json.decode(seal.value, type=dict[str, msgspec.Raw]) else None
        )
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None
