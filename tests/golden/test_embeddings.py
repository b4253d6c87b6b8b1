"""Every golden file of an embedding request: what the providers' documents say is what is planned.

The files are written by hand from the documents and from recorded requests, as those for chats are.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

import msgspec
import pytest
from msgspec import Struct
from returns.result import Failure

from golden.test_requests import KEY, Change
from modelmix.ast.embedding import EmbedRequest
from modelmix.ast.options import extra
from modelmix.call import Target
from modelmix.embedding import plan_embed
from modelmix.errors import Unsupported
from modelmix.providers.load import built_in, names
from modelmix.secret import Secret

FOLDER: Final = Path(__file__).parent / "embeddings"
FILES: Final = tuple(sorted(FOLDER.glob("*/*.json")))
EMBEDDING: Final = frozenset(name for name in names() if built_in(name).embeddings is not None)
COMMON: Final = frozenset({"texts", "dimensions", "task", "extra"})
"""What every provider with an embedding endpoint is asked."""

BUILDERS: Final[Mapping[str, EmbedRequest]] = MappingProxyType(
    {
        "texts": EmbedRequest(texts=("hello", "world")),
        "dimensions": EmbedRequest(texts=("hello",), dimensions=256),
        "task": EmbedRequest(texts=("hello",), task="query"),
        "document": EmbedRequest(texts=("hello",), task="document"),
        "extra": EmbedRequest(texts=("hello",), extra=extra(user="u-1")),
    }
)


class Golden(Struct, forbid_unknown_fields=True):
    """One file: a request in our words, and the HTTP requests that must come of it."""

    fact: str
    request: str
    model: str
    url: str
    headers: dict[str, str]
    bodies: list[dict[str, object]]
    adaptations: list[Change]


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}-{path.stem}" for path in FILES])
def test_a_request_is_what_the_documents_say(path: Path) -> None:
    golden = msgspec.json.decode(path.read_bytes(), type=Golden)
    row = built_in(path.parent.name)
    key = Secret(KEY) if "***" in "".join(golden.headers.values()) else None
    target = Target(provider=row, model=golden.model, base_url=row.base_url, key=key)
    calls = plan_embed(BUILDERS[golden.request], target).unwrap()
    assert [msgspec.json.decode(call.body) for call in calls] == golden.bodies
    for call in calls:
        assert (call.method, call.url) == ("POST", golden.url)
        assert dict(call.shown_headers) == golden.headers
        assert [(told.field, told.action, told.into) for told in call.adaptations] == [
            (told.field, told.action, told.into) for told in golden.adaptations
        ]
        assert KEY.encode() not in call.body
        assert KEY not in str(call.shown_headers)


@pytest.mark.parametrize("name", names())
def test_every_provider_has_every_common_case_or_no_endpoint(name: str) -> None:
    row = built_in(name)
    cases = {path.stem for path in FILES if path.parent.name == name}
    planned = plan_embed(BUILDERS["texts"], Target(provider=row, model="m", base_url=row.base_url))
    if name in EMBEDDING:
        assert cases >= COMMON
    else:
        assert cases == set()
        assert isinstance(planned, Failure)
        assert isinstance(planned.failure(), Unsupported)
