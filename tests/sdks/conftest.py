"""What the tests of all SDKs share."""

from collections.abc import Iterator

import pytest

from modelmix.testing.mock import MockProvider


@pytest.fixture
def mock(monkeypatch: pytest.MonkeyPatch) -> Iterator[MockProvider]:
    """A mock that all SDKs are pointed at by their own variables."""
    with MockProvider() as provider:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "GOOGLE_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.lower(), raising=False)
        for name, value in provider.environment.items():
            monkeypatch.setenv(name, value)
        yield provider
