"""Where modelmix keeps what belongs to the user."""

from collections.abc import Mapping
from pathlib import Path

from platformdirs import user_config_path, user_data_path


def config_file(env: Mapping[str, str]) -> Path:
    """The user's settings: `$MM_CONFIG`, else `config.toml` in the platform's folder for settings."""
    given = env.get("MM_CONFIG")
    return Path(given) if given else user_config_path("modelmix", appauthor=False) / "config.toml"


def data_folder(env: Mapping[str, str]) -> Path:
    """Models, catalogues and fixtures: `$MM_HOME`, else the platform's folder for data."""
    given = env.get("MM_HOME")
    return Path(given) if given else user_data_path("modelmix", appauthor=False)
