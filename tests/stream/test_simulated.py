"""The simulated replies are what their generator makes, which knows nothing of modelmix."""

import subprocess
import sys

from stream.simulated import FILE, STREAMS, names

GROUPS = (
    "usage",
    "reasoning",
    "think",
    "harmony",
    "tools",
    "refusal",
    "error",
    "finish",
    "shape",
    "sources",
    "framing",
)


def test_the_file_is_what_its_generator_writes() -> None:
    command = (
        "import sys, fixtures.chat.generate as made; made.main(); sys.stderr.write(str('modelmix' in sys.modules))"
    )
    made = subprocess.run(
        [sys.executable, "-c", command], cwd=FILE.parents[2], capture_output=True, check=True, timeout=60
    )
    assert made.stdout == FILE.read_bytes()
    assert made.stderr == b"False"


def test_every_reply_is_in_a_group_that_a_test_describes() -> None:
    assert names(*GROUPS, "text") == STREAMS.keys()
