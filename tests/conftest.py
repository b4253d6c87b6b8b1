"""What all tests share."""

from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no bug: what must be fast is held to ratios and counts, not to a clock.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

SHARED = Path(__file__).parents[2] / "shared"
"""Recordings and vectors beside the project; tests that need them are skipped by name where they are not at hand."""


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recordings and vectors."""
    if not SHARED.is_dir():
        pytest.skip("recordings and vectors are not at hand")
    return SHARED


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests see no settings and no keys of whoever runs them."""
    home = tmp_path_factory.getbasetemp() / "home"
    monkeypatch.setenv("MM_CONFIG", str(home / "config.toml"))
    monkeypatch.setenv("MM_HOME", str(home))
    for variable in ("MM_MODEL", "MM_LOG_LEVEL", "MM_TIMEOUT", "MM_RETRIES"):
        monkeypatch.delenv(variable, raising=False)
