"""Holds what an SDK and we make of a reply against each other."""

from dataclasses import fields
from typing import Final, NamedTuple

from oracle.reply import Heard, Problem

_FIELDS: Final = tuple(field.name for field in fields(Heard) if field.name != "raised")


class Found(NamedTuple):
    """One field that is read otherwise."""

    field: str
    sdk: object
    ours: object


def compare(sdk: Heard, ours: Heard) -> tuple[Found, ...]:
    """Every field that is read otherwise. Where there is no answer, only the reason for that is compared."""
    if sdk.error or ours.error:
        return () if _same(sdk.error, ours.error) else (Found("error", sdk.error, ours.error),)
    pairs = [Found(name, getattr(sdk, name), getattr(ours, name)) for name in _FIELDS]
    return tuple(found for found in pairs if found.sdk != found.ours)


def _same(sdk: Problem | None, ours: Problem | None) -> bool:
    if sdk and ours and sdk.fault and ours.fault:
        # Both say that this is no answer, each in its own words.
        return True
    return sdk == ours
