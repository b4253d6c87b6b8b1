"""What httpx sends through: httpcore's pools, with patient streams, a lazy TLS context and proxies as set."""

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping
from typing import Any, cast

import httpcore
import httpx
from returns.result import Failure

from modelmix.errors import BadConfig
from modelmix.node import Node
from modelmix.transport import tls
from modelmix.transport.patience import AsyncPatientBackend, PatientBackend
from modelmix.transport.proxy import proxy_for


class Connections(Node, frozen=True, kw_only=True):
    """How many connections a client holds. `idle_seconds` is how long one is kept without use."""

    most: int = 1000
    idle: int = 100
    idle_seconds: float = 30.0


class BadProxyError(Exception):
    """The environment names a proxy that cannot be one."""

    def __init__(self, error: BadConfig) -> None:
        super().__init__(error.detail)
        self.error = error


def _proxy(url: httpx.URL, env: Mapping[str, str]) -> str | None:
    found = proxy_for(url.scheme, url.host, env)
    if isinstance(found, Failure):
        error = found.failure()
        raise BadProxyError(error if isinstance(error, BadConfig) else BadConfig(where="proxy", detail=str(error)))
    return found.unwrap()


def through(proxy: str) -> httpcore.Proxy:
    """A proxy as httpcore takes it: name and password apart from the URL, in which it would overlook them."""
    url = httpx.URL(proxy)
    known = (url.username.encode(), url.password.encode()) if url.userinfo else None
    return httpcore.Proxy(str(url.copy_with(userinfo=b"")), auth=known)


def _request(request: httpx.Request) -> httpcore.Request:
    url = request.url
    return httpcore.Request(
        method=request.method,
        url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=request.stream,
        extensions=request.extensions,
    )


def _response(response: httpcore.Response, body: httpx.SyncByteStream | httpx.AsyncByteStream) -> httpx.Response:
    extensions = cast("dict[str, Any]", response.extensions)
    return httpx.Response(response.status, headers=response.headers, stream=body, extensions=extensions)


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        stream = self._response.stream
        assert isinstance(stream, Iterable)
        yield from stream

    def close(self) -> None:
        self._response.close()


class Engine(httpx.BaseTransport):
    """Pools of connections, one for each way out."""

    def __init__(self, env: Mapping[str, str], connections: Connections) -> None:
        self._env = env
        self._connections = connections
        self._pools: dict[tuple[bool, str | None], httpcore.ConnectionPool] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request and reads the head of its response."""
        response = self._pool(request.url).handle_request(_request(request))
        return _response(response, _Body(response))

    def _pool(self, url: httpx.URL) -> httpcore.ConnectionPool:
        secure = url.scheme == "https"
        proxy = _proxy(url, self._env)
        pool = self._pools.get((secure, proxy))
        if pool is None:
            pool = self._new_pool(proxy, secure=secure)
            self._pools[secure, proxy] = pool
        return pool

    def _new_pool(self, proxy: str | None, *, secure: bool) -> httpcore.ConnectionPool:
        return httpcore.ConnectionPool(
            ssl_context=tls.context() if secure else None,
            proxy=None if proxy is None else through(proxy),
            max_connections=self._connections.most,
            max_keepalive_connections=self._connections.idle,
            keepalive_expiry=self._connections.idle_seconds,
            network_backend=PatientBackend(),
        )

    def close(self) -> None:
        """Closes all connections."""
        for pool in self._pools.values():
            pool.close()
        self._pools.clear()


class _AsyncBody(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        stream = self._response.stream
        assert isinstance(stream, AsyncIterable)
        async for chunk in stream:
            yield chunk

    async def aclose(self) -> None:
        await self._response.aclose()


class AsyncEngine(httpx.AsyncBaseTransport):
    """As `Engine`."""

    def __init__(self, env: Mapping[str, str], connections: Connections) -> None:
        self._env = env
        self._connections = connections
        self._pools: dict[tuple[bool, str | None], httpcore.AsyncConnectionPool] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Sends a request and reads the head of its response."""
        response = await self._pool(request.url).handle_async_request(_request(request))
        return _response(response, _AsyncBody(response))

    def _pool(self, url: httpx.URL) -> httpcore.AsyncConnectionPool:
        secure = url.scheme == "https"
        proxy = _proxy(url, self._env)
        pool = self._pools.get((secure, proxy))
        if pool is None:
            pool = self._new_pool(proxy, secure=secure)
            self._pools[secure, proxy] = pool
        return pool

    def _new_pool(self, proxy: str | None, *, secure: bool) -> httpcore.AsyncConnectionPool:
        return httpcore.AsyncConnectionPool(
            ssl_context=tls.context() if secure else None,
            proxy=None if proxy is None else through(proxy),
            max_connections=self._connections.most,
            max_keepalive_connections=self._connections.idle,
            keepalive_expiry=self._connections.idle_seconds,
            network_backend=AsyncPatientBackend(),
        )

    async def aclose(self) -> None:
        """Closes all connections."""
        for pool in self._pools.values():
            await pool.aclose()
        self._pools.clear()
