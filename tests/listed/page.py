"""The table of `docs/providers.md`: every provider, as the package has it.

`python -m listed.page`, run in `tests`, writes it into the page anew. The prose above it is written by hand.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec.structs import replace
from returns.result import Success

from modelmix.catalog.catalog import Catalog
from modelmix.catalog.endpoint import Endpoint
from modelmix.endpoint import host_of
from modelmix.providers.address import places
from modelmix.providers.load import built_in, is_built_in, names
from modelmix.providers.provider import Provider
from modelmix.providers.row import provider_of, refusal

PAGE: Final = Path(__file__).parents[2] / "docs" / "providers.md"

_TABLE: Final = re.compile(r"(?<=<!-- begin: table -->\n).*(?=<!-- end -->)", re.DOTALL)


def table() -> str:
    """A line for every provider."""
    catalog = Catalog()
    listed = [name for name in catalog.providers().unwrap() if not is_built_in(name)]
    lines = {name: _of_file(built_in(name)) for name in names()}
    for name in listed:
        endpoint = catalog.endpoint(name).unwrap()
        assert endpoint is not None
        lines[name] = _of_catalogue(endpoint, [model.id for model in catalog.models(name).unwrap()])
    head = "| provider | dialect | host | key | known by |\n|---|---|---|---|---|\n"
    return head + "".join(f"| `{name}` | {lines[name]} |\n" for name in sorted(lines))


def _of_file(provider: Provider) -> str:
    dialects = dict.fromkeys((provider.dialect, *[rule.dialect for rule in provider.rules if rule.dialect]))
    return f"{', '.join(dialects)} | {_code(host_of(provider.base_url))} | {_keys(provider)} | its file"


def _of_catalogue(endpoint: Endpoint, models: list[str]) -> str:
    spoken = [model for model in models if refusal(endpoint, model) is None]
    if not spoken:
        error = refusal(endpoint, "")
        assert error is not None
        return f"– | – | – | refused: {error.what.partition(': ')[2]}"
    rows = [row for model in spoken for row in _rows(endpoint, model)]
    dialects = ", ".join(sorted({row.dialect for row in rows}))
    hosts = ", ".join(sorted({_code(_host(row.base_url)) for row in rows}))
    part = "" if len(spoken) == len(models) else f", {len(spoken)} of {len(models)} models"
    return f"{dialects} | {hosts} | {_keys(rows[0])} | the catalogue{part}"


def _rows(endpoint: Endpoint, model: str) -> Iterator[Provider]:
    """The provider for a model, with every place in its address filled by its own name."""
    kind = endpoint.kinds.get(model)
    open_ = places((kind and kind.api) or endpoint.api or "")
    found = provider_of(endpoint, model, None, {name: f"place-{name.replace('_', '-')}" for name in open_})
    if isinstance(found, Success):
        row = found.unwrap()
        for name in open_:
            row = replace(row, base_url=row.base_url.replace(f"place-{name.replace('_', '-')}", f"${{{name}}}"))
        yield row


def _host(base_url: str) -> str:
    return base_url.partition("://")[2].partition("/")[0]


def _keys(provider: Provider) -> str:
    return ", ".join(map(_code, provider.auth.env)) or "none"


def _code(text: str) -> str:
    return f"`{text}`"


def held(page: str) -> str:
    """The table that a page holds."""
    found = _TABLE.search(page)
    return "" if found is None else found[0]


def written(page: str) -> str:
    """The page with its table made anew."""
    made = table()
    return _TABLE.sub(lambda _: made, page)


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
