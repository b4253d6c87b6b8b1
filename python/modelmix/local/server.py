"""A llama.cpp server in this process, on a loopback port, with a key that only this process knows."""

import importlib
import secrets
import threading
from pathlib import Path
from typing import Any, Final, Protocol

from msgspec.structs import replace
from returns.result import Failure, Success

from modelmix.call import Target
from modelmix.errors import LocalFailed, NotInstalled
from modelmix.local.models import file_of, pools
from modelmix.node import Node
from modelmix.outcome import Outcome, and_then
from modelmix.secret import Secret

_CONTEXT: Final = 8192
"""Tokens of context for all conversations together; a bound on memory, below what most models allow."""

_SLOTS: Final = 4
"""Conversations at a time; more wait."""

_LONGEST_TEXT: Final = 2048
"""Tokens of the longest text that can be a vector; the usual 512 are fewer than most models of vectors take."""

_QUIET: Final = -1


class Server(Protocol):
    """What we need of a running server. It stops when nothing refers to it any more."""

    listening_address: str


class Running(Node, frozen=True):
    """Where a server listens, and the key it wants."""

    base_url: str
    key: Secret


class Servers:
    """The servers of one client, one for each model, started when first needed."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._lock = threading.Lock()
        self._running: dict[tuple[Path, bool], tuple[Running, Server]] = {}

    def reach(self, target: Target, *, embeddings: bool = False) -> Outcome[Target]:
        """The target with the address of its model's server, which runs from now on; one for vectors does not talk."""
        path = file_of(target.model, self._data)
        started = and_then(path, lambda found: self._start(found, embeddings=embeddings))
        if isinstance(started, Failure):
            return started
        running = started.unwrap()
        return Success(replace(target, base_url=running.base_url, key=running.key))

    def _start(self, path: Path, *, embeddings: bool) -> Outcome[Running]:
        with self._lock:
            if (path, embeddings) not in self._running:
                started = _serve(path, embeddings=embeddings)
                if isinstance(started, Failure):
                    return started
                self._running[path, embeddings] = started.unwrap()
            return Success(self._running[path, embeddings][0])

    def close(self) -> None:
        """Stops all servers."""
        with self._lock:
            self._running.clear()


def _serve(path: Path, *, embeddings: bool) -> Outcome[tuple[Running, Server]]:
    try:
        # An extra, imported where it is used; the binding has no types.
        xllamacpp: Any = importlib.import_module("xllamacpp")
    except ImportError:
        return Failure(NotInstalled(extra="local", purpose="a local model"))
    key = secrets.token_urlsafe(24)
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(path)
    parameters.model_alias = {path.stem}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.api_keys = [key]
    parameters.ui = False
    parameters.n_ctx = _CONTEXT
    parameters.n_parallel = _SLOTS
    parameters.kv_unified = True
    parameters.warmup = False
    parameters.verbosity = _QUIET
    if embeddings:
        parameters.embedding = True
        # A text for a vector is read in one piece, which may be as long as a batch.
        parameters.n_batch = parameters.n_ubatch = _LONGEST_TEXT
        if not pools(path):
            # Without it llama.cpp has a vector for each token of such a model, and none for a text.
            parameters.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    try:
        server: Server = xllamacpp.Server(parameters)
    except RuntimeError as cause:
        return Failure(LocalFailed(step="start", name=path.name, detail=str(cause)))
    return Success((Running(f"{server.listening_address}/v1", Secret(key)), server))
