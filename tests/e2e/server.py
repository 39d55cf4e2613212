"""A threaded HTTP/1.1 server for browser tests: connections are kept, and the end is clean."""

from __future__ import annotations

import io
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import ThreadingHTTPServer
from typing import Any, ClassVar

from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.serving import WSGIRequestHandler
from werkzeug.wsgi import LimitedStream

TELLING = ("If-None-Match", "If-Modified-Since", "Accept-Encoding", "Range")  # of a static file


class Handler(WSGIRequestHandler):
    """Answers one request after the other on a connection; werkzeug's own closes it each time."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16

    def run_wsgi(self) -> None:
        """Answer this request; what is the same for everybody is asked of the application once."""
        asked = (self.path, *(self.headers.get(name) for name in TELLING))
        known = self.server.known.get(asked)
        if known is not None:
            self._send(*known)
            return
        body = self._open_body()
        begun: list[Any] = []
        answer = self.server.app(self.environ, lambda *given: begun.extend(given))
        try:
            status, headers = int(begun[0].split()[0]), begun[1]
            if self.command == "GET" and self.path.startswith("/static/"):
                parts = [b"".join(answer)]
                self.server.known[asked] = (status, headers, parts)
            else:
                parts = answer
            self._send(status, headers, parts)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        try:
            body.exhaust()
        except (OSError, HTTPException):
            self.close_connection = True

    def _open_body(self) -> LimitedStream:
        self.environ = self.make_environ()
        body = LimitedStream(self.rfile, int(self.environ.get("CONTENT_LENGTH") or 0))
        if "wsgi.input_terminated" in self.environ:
            self.close_connection = True  # a body of unknown length: who knows what is left of it
        else:
            self.environ["wsgi.input"] = io.BufferedReader(body)
        return body

    def _send(self, status: int, headers: list[tuple[str, str]], answer: Any) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        is_empty = self.command == "HEAD" or status in {204, 304}
        is_chunked = not is_empty and "content-length" not in {name.lower() for name, _ in headers}
        if is_chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in answer:
            if part and not is_empty:
                self.wfile.write(b"%x\r\n%b\r\n" % (len(part), part) if is_chunked else part)
        if is_chunked:
            self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Tell of pages, not of their many files."""
        if not self.path.startswith("/static/"):
            super().log_request(code, size)


class Server(ThreadingHTTPServer):
    """Knows its connections, so that all of them can be ended."""

    multithread, multiprocess, ssl_context = True, False, None
    request_queue_size = 128
    known: ClassVar[dict[tuple[str | None, ...], tuple[int, list[tuple[str, str]], Any]]] = {}

    def __init__(self, app: Flask) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.app = app
        self.open: dict[socket.socket, threading.Thread] = {}
        self.faults: list[BaseException | None] = []

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread that ``stop`` can wait for."""
        thread = threading.Thread(
            target=self.process_request_thread, args=(request, client_address), daemon=True
        )
        self.open[request] = thread
        thread.start()

    def shutdown_request(self, request: Any) -> None:
        """Forget a connection that has ended."""
        self.open.pop(request, None)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep what the application did not catch."""
        self.faults.append(sys.exception())
        super().handle_error(request, client_address)

    def stop(self) -> None:
        """Answer what was asked already, ask no more, and wait until every thread is done."""
        self.shutdown()
        self.server_close()
        for connection, thread in list(self.open.items()):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RD)
            thread.join(20)
            assert not thread.is_alive(), "a request was never answered"
        assert self.faults == []


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The application behind a free port of its own: its address."""
    server = Server(app)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.stop()
        thread.join(10)
