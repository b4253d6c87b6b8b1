"""Files within a request: one JSON string, whatever they hold and whatever they are called."""

import json
from base64 import b64decode

import msgspec
from hypothesis import given, strategies as st

from modelmix.ast.content import Bytes
from modelmix.dialects.inline import base64_text, data_uri


@given(data=st.binary(max_size=200), kind=st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_a_file_is_a_data_uri(data: bytes, kind: str) -> None:
    uri = json.loads(msgspec.json.encode(data_uri(Bytes(data, kind))))
    assert uri.startswith(f"data:{kind};base64,")
    assert b64decode(uri[len(kind) + 13 :], validate=True) == data


@given(data=st.binary(max_size=200))
def test_a_file_is_base64(data: bytes) -> None:
    assert b64decode(json.loads(msgspec.json.encode(base64_text(data))), validate=True) == data
