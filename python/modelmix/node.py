"""The base that every value of modelmix shares."""

from msgspec import Struct


class Node(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An immutable value with structural equality; as JSON, a union member says its kind in `type`."""
