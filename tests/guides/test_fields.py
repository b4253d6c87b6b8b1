"""Guides name every field there is of what their readers write."""

import re
from typing import Final

from guides.page import ROOT
from modelmix.providers.provider import Auth, Provider, Rule, Shape
from modelmix.testing.mock import Rule as MockRule

GUIDES: Final = ROOT / "docs" / "guide"
OURS: Final = {"id", "launch"}
"""Fields of a provider that only the files of modelmix have."""


def _names(page: str) -> set[str]:
    """The words that a page has in backticks, a dotted one by its last part too."""
    quoted = re.findall(r"`([^`\n]+)`", (GUIDES / page).read_text(encoding="utf-8"))
    return {name for piece in quoted for name in re.findall(r"[a-z_]+", piece)}


def test_every_field_of_a_provider_is_named() -> None:
    fields = {*Provider.__struct_fields__, *Auth.__struct_fields__, *Rule.__struct_encode_fields__} - OURS
    assert sorted(fields - _names("add-a-provider.md")) == []


def test_every_shape_that_is_named_is_one() -> None:
    section = (
        (GUIDES / "add-a-provider.md").read_text(encoding="utf-8").partition("### Shapes")[2].partition("\n## ")[0]
    )
    named = set(re.findall(r"`([a-z_]+) = ", section))
    assert named
    assert named <= set(Shape.__struct_fields__)


def test_every_field_of_a_rule_of_the_mock_is_named() -> None:
    assert sorted(set(MockRule.__struct_fields__) - _names("mock.md")) == []
