"""Prices every model that both know, in a few usages: `python -m prices [--pin]`.

Exits with 1 when a difference has no reason, or a row of `known.tsv` explains nothing.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, time

from prices import ours, theirs
from prices.known import Known, read, write
from prices.quote import USAGES, pair
from prices.reasons import FEE, FEE_WORDS, RATE, RATE_WORDS, REASONS, UNIT, UNIT_WORDS
from prices.tally import Tally, table


def main() -> int:
    """Compares, prints, and gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m prices", description="genai-prices beside our catalogue.")
    parser.add_argument("--pin", action="store_true", help="write rates that differ for no other reason to known.tsv")
    said = parser.parse_args()
    stated: frozenset[Known] = frozenset() if said.pin else read()
    # What held when the catalogue was made: prices of later days are theirs alone.
    newest = max(updated for provider in theirs.PROVIDERS for _, updated in ours.listed(provider))
    at = datetime.combine(datetime.fromisoformat(newest).date(), time(12), UTC)
    tallies = [_provider(provider, at, stated, quiet=said.pin) for provider in theirs.PROVIDERS]
    if said.pin:
        write(row for tally in tallies for row in tally.missing)
        return 0
    idle = sorted(stated.difference(*(tally.used for tally in tallies)))
    for row in idle:
        _say(f"EXPLAINS NOTHING {' '.join(row)}")
    reasons = sum((tally.reasons for tally in tallies), Counter[str]())
    words = {**{reason.name: reason.words for reason in REASONS}, RATE: RATE_WORDS, UNIT: UNIT_WORDS, FEE: FEE_WORDS}
    _say(f"\n{table(tallies)}\n")
    for name, why in words.items():
        _say(f"{reasons[name]:6,}  {name}: {why}")
    _say(f"\n{len(stated)} rates in known.tsv; their prices as of {at:%Y-%m-%d %H:%M} UTC")
    return int(bool(idle) or any(tally.unexplained for tally in tallies))


def _provider(provider: str, at: datetime, stated: AbstractSet[Known], *, quiet: bool) -> Tally:
    tally = Tally(provider)
    for model, updated in ours.listed(provider):
        found = theirs.find(provider, model.id)
        if found is None:
            tally.alone += 1
            continue
        tally.models += 1
        for name, usage in USAGES.items():
            one = pair(provider, model.id, usage, ours.quote(model, updated, usage), theirs.quote(found, usage, at))
            if not tally.add(one, stated) and not quiet:
                _say(f"UNEXPLAINED {provider}:{model.id} as {found[1].id}, {name}: {one.gaps or one.reckoned}")
    return tally


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
