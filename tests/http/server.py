"""A local server that answers by script, faults included, on a free loopback port.

A script is a list of acts; the n-th request to a path gets the n-th act, the last one for ever
after. Acts write raw bytes, so that an answer can be as broken as a network can make it.
"""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
import time
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl

BODY = b'{"value": [1, 2, 3]}'


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it; time of the machine's monotonic clock."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    time: float


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def do_GET(self) -> None:
        at = time.monotonic()
        length = int(self.headers.get("Content-Length") or 0)
        headers = {k.lower(): v for k, v in self.headers.items()}
        asked = Asked(self.command, self.path, headers, self.rfile.read(length), at)
        act = self.server.next_act(asked)
        try:
            act(self)
            self.wfile.flush()
        except OSError:
            self.close_connection = True

    do_POST = do_GET  # noqa: N815

    def log_message(self, *args: Any) -> None:
        """Keep quiet."""


Act = Callable[[Handler], None]


@dataclass
class Script:
    acts: list[Act]
    asked: list[Asked] = field(default_factory=list)


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        """Listen at once; with a context, over TLS."""
        super().__init__(("127.0.0.1", 0), Handler)
        if context is not None:
            self.socket = context.wrap_socket(
                self.socket, server_side=True, do_handshake_on_connect=False
            )
        self.scripts: dict[str, Script] = {}
        self.stopping = threading.Event()
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def play(self, path: str, *acts: Act) -> Script:
        script = self.scripts[path] = Script(list(acts))
        return script

    def next_act(self, asked: Asked) -> Act:
        path = asked.path.partition("?")[0]
        with self._lock:
            script = self.scripts.get(path)
            if script is None:
                return answer(404)
            script.asked.append(asked)
            return script.acts[min(len(script.asked), len(script.acts)) - 1]

    def handle_error(self, *_: Any) -> None:
        """A client that hangs up is part of the tests."""

    def close(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()


def answer(status: int = 200, body: bytes = BODY, **headers: str) -> Act:
    """A whole answer with its length."""
    named = {k.replace("_", "-"): v for k, v in headers.items()}
    return raw(status, {"Content-Length": str(len(body)), **named}, body)


def raw(status: int, headers: dict[str, str], body: bytes) -> Act:
    """Exactly these headers and bytes; then the connection is closed."""

    def act(handler: Handler) -> None:
        handler.send_response_only(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)
        length = headers.get("Content-Length")
        handler.close_connection = length is None or int(length) != len(body)

    return act


def packed(body: bytes = BODY, *, cut: int | None = None, status: int = 200) -> Act:
    """A gzip answer, of which only the first `cut` bytes are there, with a length that fits."""
    squeezed = gzip.compress(body)[:cut]
    return answer(status, squeezed, Content_Encoding="gzip")


def chunks(*pieces: bytes, end: bool = True) -> Act:
    """A chunked answer, with or without its end."""

    def act(handler: Handler) -> None:
        handler.send_response_only(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        for piece in pieces:
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        if end:
            handler.wfile.write(b"0\r\n\r\n")
        handler.close_connection = True

    return act


def bomb(megabytes: int) -> Act:
    """Zeros, a thousandth of their size on the wire."""
    packer = zlib.compressobj(9, wbits=31)
    zeros = bytes(1024 * 1024)
    squeezed = b"".join(packer.compress(zeros) for _ in range(megabytes)) + packer.flush()
    return answer(200, squeezed, Content_Encoding="gzip")


def reset(after: bytes = b"") -> Act:
    """Some bytes, then a TCP reset."""

    def act(handler: Handler) -> None:
        handler.wfile.write(after)
        handler.wfile.flush()
        if after:
            time.sleep(0.02)  # a reset overtakes bytes that have not been read
        linger = struct.pack("ii", 1, 0)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        handler.connection.close()
        handler.close_connection = True

    return act


def drip(head: bytes, drop: bytes, pause: float = 0.01) -> Act:
    """The head at once, then drop after drop until the client hangs up."""

    def act(handler: Handler) -> None:
        handler.wfile.write(head)
        while not handler.server.stopping.wait(pause):
            handler.wfile.write(drop)

    return act


def silence() -> Act:
    """Nothing at all, until the client hangs up."""

    def act(handler: Handler) -> None:
        handler.connection.settimeout(5)
        handler.connection.recv(1)
        handler.close_connection = True

    return act


def moved(location: str, status: int = 302) -> Act:
    return answer(status, b"elsewhere", Location=location)


def problem(status: int, title: str, **more: Any) -> Act:
    body = {"type": "Parameter error", "title": title, "status": status, **more}
    return answer(status, json.dumps(body).encode(), Content_Type="application/problem+json")
