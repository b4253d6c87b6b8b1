"""After kill -9 at any moment of writing, the catalogue loads, whole: `nox -s crash` does it a thousand times."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

POINTS: Final = 20
ROUNDS: Final = int(os.environ.get("MM_TEST_CRASH_ROUNDS", "1"))
TESTS: Final = Path(__file__).parents[1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")
def test_a_killed_sync_leaves_the_old_catalogue_or_the_new_one(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "crash.killing", str(tmp_path), str(POINTS), str(ROUNDS)],
        capture_output=True,
        text=True,
        timeout=60 + 60 * ROUNDS,
        check=False,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    sys.stdout.write(f"{found}\n")
    assert found["killed"] == POINTS * ROUNDS
    assert found["torn"] == 0
    assert found["old"] > 0
    assert found["new"] > 0
    assert found["last"] == [str(2 + POINTS * ROUNDS + 1)]
    generations = [name for name in found["left"] if not name.startswith(".")]
    assert len(generations) == 2
    assert {*found["left"]} - {*generations} == {".catalog_manifest.json", ".catalog_manifest.json.prev", ".lock"}
