"""What a recording may spend: asked before each request, so that a cap is never passed."""

from decimal import Decimal

from modelmix.node import Node


class Caps(Node, frozen=True, kw_only=True):
    """The most that all recordings of a run may take together; None where there is no bound."""

    cost: Decimal | None = None
    """US dollars."""
    requests: int | None = None


class Ledger:
    """What has been spent, and what is being spent right now."""

    __slots__ = ("_caps", "cost", "requests")

    def __init__(self, caps: Caps) -> None:
        self._caps = caps
        self.cost = Decimal(0)
        self.requests = 0

    def reserve(self, requests: int, cost: Decimal | None) -> str | None:
        """Sets aside the most that something may take; the reason, if that is more than there is."""
        caps = self._caps
        if caps.requests is not None and self.requests + requests > caps.requests:
            return f"the cap of {caps.requests} requests leaves no room for it"
        if caps.cost is not None and cost is None:
            return "the most that it may cost is unknown, and there is a cap on cost"
        if caps.cost is not None and self.cost + (cost or 0) > caps.cost:
            return f"it may cost ${cost or 0:f}, and the cap of ${caps.cost:f} leaves ${caps.cost - self.cost:f}"
        self.requests += requests
        self.cost += cost or 0
        return None

    def settle(self, requests: int, cost: Decimal | None, *, took: int, paid: Decimal | None) -> None:
        """Gives back what was set aside and not taken; where nobody says what was paid, it was all of it."""
        self.requests += took - requests
        self.cost += (cost or 0) if paid is None else paid
        self.cost -= cost or 0
