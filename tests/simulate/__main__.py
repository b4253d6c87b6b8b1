"""Writes the simulated fixtures anew: `python -m simulate [--check]`.

A scenario that has been recorded since is left alone. With `--check` nothing is written, and the exit code is 1 where
the files are not those that would be.
"""

import argparse
import sys

from simulate import everything


def main() -> int:
    """Makes all files, and gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m simulate", description="Fixtures from the providers' documents.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where the files are other ones")
    said = parser.parse_args()
    made = everything.files(everything.ROOT)
    wrong = [path for path, content in made.items() if not _is(path, content)]
    stray = everything.stray(everything.ROOT, made)
    for path in wrong if said.check else ():
        _say(f"NOT AS IT WOULD BE MADE {path}")
    for path in stray:
        _say(f"NOT OF A SIMULATION {path}")
    if not said.check:
        for path in wrong:
            file = everything.ROOT / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(made[path])
    _say(f"{len(made)} files, {sum(map(len, made.values())):,} bytes, {len(wrong)} {'differ' if said.check else 'new'}")
    return int(bool(stray) or (said.check and bool(wrong)))


def _is(path: str, content: bytes) -> bool:
    file = everything.ROOT / path
    return file.is_file() and file.read_bytes() == content


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
