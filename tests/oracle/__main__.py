"""Runs the SDKs and our decoder over the same bytes: `python -m oracle [--only DIALECT ...] [--own]`.

Exits with 1 when a difference has no reason, or a reason no difference.
"""

import argparse
import logging
import sys
import warnings
from collections.abc import Iterable

from oracle import ours
from oracle.compare import compare
from oracle.differences import DIFFERENCES
from oracle.made import made
from oracle.player import Player
from oracle.recorded import recorded
from oracle.reply import ORACLE_DIALECTS, OracleDialect, WireReply
from oracle.report import difference, reasons, table
from oracle.sdks import SDKS
from oracle.tally import Tally


def main() -> int:
    """Compares, prints, and gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m oracle", description="The official SDKs read the same bytes.")
    parser.add_argument("--only", nargs="+", choices=ORACLE_DIALECTS, default=ORACLE_DIALECTS, metavar="DIALECT")
    parser.add_argument("--own", action="store_true", help="replies of our own making only")
    said = parser.parse_args()
    chosen: tuple[OracleDialect, ...] = tuple(said.only)
    # SDKs warn of every value that their types do not know; such replies are what they are run for.
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    own = tuple(made())
    taken = () if said.own else tuple(recorded())
    left_out = "left out" if said.own else "not at hand"
    _say(f"{len(taken):,} recorded replies{'' if taken else f' ({left_out})'}, {len(own)} of our own making")
    tallies = [tally for dialect in chosen if (tally := _run(dialect, (*own, *taken)))]
    unused = [(tally.dialect, one) for tally in tallies for one in tally.unused()] if taken else []
    for dialect, one in unused:
        _say(f"EXPLAINS NOTHING {dialect}: {one.field} of {one.ids}")
    _say(f"\n{reasons(tallies)}\n\n{table((SDKS[tally.dialect], tally) for tally in tallies)}")
    for dialect in chosen:
        if ours.available(dialect) is None:
            _say(f"not available: {dialect} is not decoded yet")
    return int(bool(unused) or any(tally.unexplained for tally in tallies))


def _run(dialect: OracleDialect, replies: Iterable[WireReply]) -> Tally | None:
    """One dialect, or None where we cannot decode it."""
    name = ours.available(dialect)
    if name is None:
        return None
    tally, player = Tally(dialect, DIFFERENCES[dialect]), Player()
    with player.server:
        read = SDKS[dialect].reader(player.url)
        for reply in replies:
            if reply.dialect == dialect:
                player.play(reply)
                heard = read(reply)
                left = tally.add(reply.id, heard, compare(heard, ours.read(reply, name)))
                if left:
                    _say(difference(reply.id, left))
    return tally


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
