"""Whose secret a variable holds, and who may not use it."""

from typing import Final

import pytest

from modelmix.catalog.owners import owners_of
from modelmix.catalog.shipped import shipped_providers, shipped_record
from modelmix.providers.load import key_owners
from modelmix.variables import filled, placeholders, why_foreign

OWNERS: Final = owners_of((), key_owners({}))

FOREIGN: Final[dict[str, tuple[str, str, str | None]]] = {
    # provider, variable, a word of the reason
    "its own": ("acme", "ACME_API_KEY", None),
    "its own, as it ships": ("vivgrid", "VIVGRID_API_KEY", None),
    "its own, which opens other doors": ("github-models", "GITHUB_TOKEN", None),
    "its own, in the cloud": ("amazon-bedrock", "AWS_SECRET_ACCESS_KEY", None),
    "a built-in provider's": ("acme", "OPENAI_API_KEY", "another provider's key"),
    "a shipped provider's": ("acme", "VIVGRID_API_KEY", "another provider's key"),
    "GitHub's": ("acme", "GITHUB_TOKEN", "another provider's key"),
    "GitHub's by its other name": ("acme", "GH_TOKEN", "another kind"),
    "Amazon's": ("acme", "AWS_SESSION_TOKEN", "another kind"),
    "a password": ("acme", "ACME_PASSWORD", "another kind"),
    "a password in small letters": ("acme", "acme_password", "another kind"),
    "a package index's": ("acme", "NPM_TOKEN", "another kind"),
    "a secure shell's": ("acme", "SSH_AUTH_SOCK", "another kind"),
    "a database's": ("acme", "DATABASE_URL", "another kind"),
    "ours": ("acme", "MM_CONFIG", "another kind"),
    "no name": ("acme", "A B", "no name of a variable"),
    "nothing": ("acme", "", "no name of a variable"),
}


@pytest.mark.parametrize(("provider", "variable", "why"), FOREIGN.values(), ids=FOREIGN)
def test_a_variable_is_its_owners(provider: str, variable: str, why: str | None) -> None:
    found = why_foreign(variable, provider, OWNERS)
    assert (found is None) if why is None else (found is not None and why in found)


def test_every_shipped_provider_may_use_its_own() -> None:
    for provider in shipped_providers():
        record = shipped_record(provider)
        assert record is not None
        assert [why_foreign(variable, provider, OWNERS) for variable in record.env] == [None] * len(record.env)


URLS: Final = {
    "none": ("https://a.example/v1", (), "https://a.example/v1"),
    "in the path": ("https://a.example/${ACCOUNT}/v1", ("ACCOUNT",), "https://a.example/x/v1"),
    "in the host": ("https://${A}.${B}.example", ("A", "B"), "https://x.x.example"),
    "the whole host": ("${BASE}/v1", ("BASE",), "https://x/v1"),
}


@pytest.mark.parametrize(("url", "names", "form"), URLS.values(), ids=URLS)
def test_variables_of_a_url_are_seen(url: str, names: tuple[str, ...], form: str) -> None:
    assert (placeholders(url), filled(url)) == (names, form)
