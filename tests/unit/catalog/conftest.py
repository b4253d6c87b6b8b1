"""A home folder that knows few models."""

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import pytest
from returns.result import Success

from modelmix.catalog.sync import Wish, sync
from unit.catalog.making import catalog, fetched, known

THEN: Final = datetime(2025, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def first_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after one sync that has forgotten nearly all that ships."""
    home = tmp_path_factory.mktemp("home")
    wish = Wish(prune=True, allow_shrink=True)
    assert isinstance(sync(catalog(home), fetched(known()), wish, THEN), Success)
    return home


@pytest.fixture
def home(first_home: Path, tmp_path: Path) -> Path:
    """A copy of that home."""
    shutil.copytree(first_home, tmp_path / "home")
    return tmp_path / "home"
