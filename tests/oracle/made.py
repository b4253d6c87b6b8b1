from collections.abc import Iterator
from oracle.reply import WireReply
def made() -> Iterator[WireReply]:
    yield from ()
