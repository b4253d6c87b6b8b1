"""What the tests with processes share."""

from pathlib import Path

import pytest

from e2e.shell import Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A folder to run `mm` in."""
    return Shell(tmp_path)
