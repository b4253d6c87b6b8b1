"""P10: the time from asking to the first word, over loopback, with connections that are open already."""

import json
import socket
import time
from collections.abc import Callable
from contextlib import ExitStack
from statistics import median
from typing import Final

import httpx
from openai import OpenAI

from benches.measure import gather
from benches.report import Row, at_least, at_most, shown
from benches.server import running
from benches.setup import Setup
from modelmix import Client, Success, TextDelta

_MODEL: Final = "gpt-4o-mini"
_BODY: Final = json.dumps({"model": _MODEL, "messages": [{"role": "user", "content": "hi"}], "stream": True}).encode()
_REPEATS: Final = 10
_PATIENCE: Final = 30.0


def first_token(setup: Setup) -> list[Row]:
    """Wall time, since a single stream mostly waits; each figure of a round is the median of a few requests."""
    with ExitStack() as stack:
        port = stack.enter_context(running())
        asks = {
            "raw": _raw(stack, port),
            "httpx": _httpx(stack, port),
            "openai": _openai(stack, port),
            "ours": _ours(stack, port),
        }
        taken = gather({name: _several(ask) for name, ask in asks.items()}, setup.pick(quick=5, full=25))
    added = {name: series.less(taken["raw"]) for name, series in taken.items() if name != "raw"}
    return [
        shown("P10", "first token over a raw socket", taken["raw"].scaled(1e3), "ms"),
        at_most("P10", "time added to that", added["ours"].scaled(1e3), "ms", 1),
        shown("P10", "  by bare httpx", added["httpx"].scaled(1e3), "ms"),
        shown("P10", "  by the openai SDK, sync", added["openai"].scaled(1e3), "ms"),
        at_least("P10", "times less than the openai SDK", added["openai"].over(added["ours"]), "x", 3.5),
        shown("P10", "over bare httpx", added["ours"].over(added["httpx"]), "x"),
    ]


def _several(ask: Callable[[], float]) -> Callable[[], float]:
    return lambda: median([ask() for _ in range(_REPEATS)])


def _raw(stack: ExitStack, port: int) -> Callable[[], float]:
    connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    head = b"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: %d\r\n\r\n" % len(_BODY)

    def ask() -> float:
        start = time.perf_counter()
        connection.sendall(head + _BODY)
        data = connection.recv(65536)
        while b'"content":"' not in data:
            data += connection.recv(65536)
        taken = time.perf_counter() - start
        while not data.endswith(b"0\r\n\r\n"):
            data += connection.recv(65536)
        return taken

    return ask


def _httpx(stack: ExitStack, port: int) -> Callable[[], float]:
    client = stack.enter_context(httpx.Client(trust_env=False, timeout=_PATIENCE))
    url = f"http://127.0.0.1:{port}/v1/chat/completions"
    headers = {"content-type": "application/json"}

    def ask() -> float:
        start, taken = time.perf_counter(), 0.0
        with client.stream("POST", url, content=_BODY, headers=headers) as response:
            for chunk in response.iter_raw():
                if not taken and b'"content":"' in chunk:
                    taken = time.perf_counter() - start
        return taken

    return ask


def _openai(stack: ExitStack, port: int) -> Callable[[], float]:
    client = stack.enter_context(OpenAI(api_key="unused", base_url=f"http://127.0.0.1:{port}/v1"))

    def ask() -> float:
        start, taken = time.perf_counter(), 0.0
        for chunk in client.chat.completions.create(
            model=_MODEL, messages=[{"role": "user", "content": "hi"}], stream=True
        ):
            if not taken and chunk.choices and chunk.choices[0].delta.content:
                taken = time.perf_counter() - start
        return taken

    return ask


def _ours(stack: ExitStack, port: int) -> Callable[[], float]:
    client = stack.enter_context(Client(env={}))
    url = f"http://127.0.0.1:{port}/v1"

    def ask() -> float:
        start, taken = time.perf_counter(), 0.0
        opened = client.stream_text(f"openai:{_MODEL}", "hi", base_url=url)
        assert isinstance(opened, Success)
        with opened.unwrap() as stream:
            for event in stream:
                if not taken and isinstance(event, TextDelta):
                    taken = time.perf_counter() - start
        return taken

    return ask
