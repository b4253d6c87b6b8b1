"""A provider on this machine that speaks all five dialects, for tests of any client."""

from modelmix.testing.mock.provider import MockProvider
from modelmix.testing.mock.rules import Rule
from modelmix.testing.mock.seen import Seen

__all__ = ["MockProvider", "Rule", "Seen"]
