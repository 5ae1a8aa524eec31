"""A misbehaving server on a real socket of this machine. The test determines what it writes and when."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Callable

Script = Callable[[socket.socket, bytes], None]


class Server:
    """Runs the next of its scripts for each connection, and repeats the last one. Each script gets the head of the
    request.
    """

    def __init__(self, *scripts: Script) -> None:
        self._scripts = list(scripts)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.heads: list[str] = []
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._open: list[socket.socket] = []

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Closing the socket does not wake a thread that waits in accept, so a connection is opened.
        socket.create_connection(self._listening.getsockname()).close()
        self._listening.close()
        for connection in self._open:
            connection.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
                head = _head_of(connection)
            except OSError:
                return
            if head == b"":
                connection.close()
                return
            self._open.append(connection)
            self.heads.append(head.decode("latin-1"))
            script = self._scripts.pop(0) if len(self._scripts) > 1 else self._scripts[0]
            try:
                script(connection, head)
            except OSError:
                # The client has disconnected, as expected.
                connection.close()


def _head_of(connection: socket.socket) -> bytes:
    head = b""
    while b"\r\n\r\n" not in head:
        data = connection.recv(65_536)
        if data == b"":
            return b""
        head += data
    return head


def head(content_type: str, *more: str) -> bytes:
    """The head of a response with status 200 whose body ends with the connection."""
    lines = ["HTTP/1.1 200 OK", f"content-type: {content_type}", "connection: close", *more]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def writes(*pieces: bytes) -> Script:
    """A script that writes these pieces and then disconnects."""

    def script(connection: socket.socket, _: bytes) -> None:
        for piece in pieces:
            connection.sendall(piece)
        connection.close()

    return script
