"""One difference between an SDK and us that has a reason."""

from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatchcase
from itertools import product
from typing import NamedTuple, TypeAlias

from oracle.compare import Found
from oracle.reply import Heard

Ours: TypeAlias = Callable[[Heard], object]
"""What we must say, from what the SDK says."""


class Difference(NamedTuple):
    """Replies, by a pattern of their ids, that are read otherwise in one field; as `ours` has it, if it is given."""

    ids: str
    field: str
    ours: Ours | None = None

    def covers(self, reply_id: str, found: Found, sdk: Heard) -> bool:
        """Whether a difference is this one."""
        if found.field != self.field or not fnmatchcase(reply_id, self.ids):
            return False
        return self.ours is None or self.ours(sdk) == found.ours


Reasons: TypeAlias = Mapping[str, tuple[Difference, ...]]
"""The differences of one dialect by their reason."""


def differ(fields: Iterable[str], *ids: str, ours: Ours | None = None) -> tuple[Difference, ...]:
    """Replies that are read otherwise in each of some fields."""
    return tuple(Difference(pattern, field, ours) for pattern, field in product(ids, fields))
