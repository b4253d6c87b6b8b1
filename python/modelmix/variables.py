"""Variables that hold somebody's secret, and whose: nobody but the user says that one of them is sent elsewhere.

Settings of a project, patches and catalogues come from others. What they describe may use variables of its own; a
variable of another provider, or a secret that is for no model at all, is refused to them.
"""

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z0-9_]{1,128}")
_PLACEHOLDER: Final = re.compile(r"\$\{([^}]*)\}")

_SECRETS: Final = (
    *("*PASSWORD*", "*PASSWD*", "*PASSPHRASE*", "*SECRET*", "*PRIVATE_KEY*", "*_DSN", "*_CREDENTIALS", "*_COOKIE*"),
    *("AWS_*", "AZURE_*", "ARM_*", "GOOGLE_APPLICATION_*", "GOOGLE_CLIENT_*", "GCP_*", "CLOUDFLARE_*", "HCLOUD_*"),
    *("GITHUB_*", "GH_*", "GITLAB_*", "BITBUCKET_*", "ACTIONS_*", "CI_*", "CIRCLE_*", "BUILDKITE_*", "JENKINS_*"),
    *("NPM_*", "NODE_AUTH_TOKEN", "PYPI_*", "TWINE_*", "UV_*", "PIP_*", "POETRY_*", "CARGO_*", "RUBYGEMS_*"),
    *("SSH_*", "GPG_*", "GNUPG*", "VAULT_*", "CONSUL_*", "OP_*", "BW_*", "SOPS_*", "ANSIBLE_*", "DOCKER_*", "KUBE*"),
    *("DATABASE_*", "DB_*", "POSTGRES*", "MYSQL_*", "MARIADB_*", "MONGO*", "REDIS_*", "SUPABASE_*", "HF_*", "VERCEL_*"),
    *("STRIPE_*", "PAYPAL_*", "TWILIO_*", "SENDGRID_*", "MAILGUN_*", "SMTP_*", "SLACK_*", "DISCORD_*", "TELEGRAM_*"),
    *("SENTRY_*", "DATADOG_*", "DD_*", "NEW_RELIC_*", "PULUMI_*", "TF_*", "TFE_*", "HEROKU_*", "NETLIFY_*", "FLY_*"),
    *("DIGITALOCEAN_*", "LINODE_*", "DATABRICKS_*", "DJANGO_*", "JWT_*", "SESSION_*", "MM_*"),
)
"""Globs over variables with secrets that are for no model, or also open other doors."""


def why_foreign(variable: str, provider: str, owners: Mapping[str, frozenset[str]]) -> str | None:
    """Why a provider that others describe may not use a variable; None where it may.

    `owners` are the variables of known providers.

    >>> why_foreign("AWS_SECRET_ACCESS_KEY", "acme", {})
    'AWS_SECRET_ACCESS_KEY holds a secret of another kind; name a variable of its own'
    """
    if not _NAME.fullmatch(variable):
        return f"{variable!a} is no name of a variable"
    known = owners.get(variable, frozenset())
    if provider in known:
        return None
    if known:
        return f"{variable} holds another provider's key; name a variable of its own"
    if any(fnmatchcase(variable.upper(), pattern) for pattern in _SECRETS):
        return f"{variable} holds a secret of another kind; name a variable of its own"
    return None


def placeholders(url: str) -> tuple[str, ...]:
    """The variables that stand in a URL as `${NAME}`."""
    return tuple(_PLACEHOLDER.findall(url))


def filled(url: str) -> str:
    """The URL with something plain in place of every variable: its form, for checks.

    >>> filled("https://${ACCOUNT}.example/v1")
    'https://x.example/v1'
    """
    start = _PLACEHOLDER.match(url)
    return _PLACEHOLDER.sub("x", f"https://{url}" if start else url)


def first_foreign(variables: Iterable[str], provider: str, owners: Mapping[str, frozenset[str]]) -> str | None:
    """As `why_foreign`, of the first variable that is."""
    return next((why for variable in variables if (why := why_foreign(variable, provider, owners))), None)
