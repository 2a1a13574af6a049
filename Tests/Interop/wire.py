"""A proxy between a client and a server that counts what the client sends and can be cut."""

from __future__ import annotations

import re
import selectors
import socket
import threading
import time


class Wire:
    """Forwards connections to a port; `cut` stops that for a while, as a network that is away does."""

    def __init__(self, port: int, rate: float | None = None, answer_delay: float = 0.0):
        self.target = port
        self.rate = rate  # bytes in a second, of the client, all connections together
        self.answer_delay = answer_delay
        self.sent = 0
        self.ranges: list[tuple[int, int]] = []  # the chunks whose head went by
        self._cut = threading.Event()
        self._closed = threading.Event()
        self._changed = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._connections: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_for(self, count: int, timeout: float = 120) -> None:
        """Waits until the client has sent so many bytes in all."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.sent >= count, timeout), f"only {self.sent} of {count} bytes went by"

    def wait_until_idle(self, timeout: float = 60) -> None:
        """Waits until nothing of connections of old is on its way any more."""
        deadline = time.monotonic() + timeout
        while self._connections and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not self._connections

    def cut(self, seconds: float, resets: bool = False) -> None:
        """Nothing goes through for a while: bytes wait, or connections are reset and new ones refused."""
        self._cut.set()
        if resets:
            self._reset()
        time.sleep(seconds)
        self._cut.clear()
        if not resets:
            # The lines of old are dead, as they are when a network comes back under another address.
            self._reset()

    def close(self) -> None:
        self._closed.set()
        self._listener.close()
        self._reset()

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_) -> None:
        self.close()

    def _reset(self) -> None:
        for connection in list(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._cut.is_set():
                client.close()
                continue
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self.target), timeout=5)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        pair = {client, server}
        self._connections |= pair
        other = {client: server, server: client}
        with selectors.DefaultSelector() as selector:
            for side in pair:
                selector.register(side, selectors.EVENT_READ)
            try:
                while not self._closed.is_set():
                    for key, _ in selector.select(timeout=0.2):
                        while self._cut.is_set() and not self._closed.is_set():
                            time.sleep(0.02)
                        data = key.fileobj.recv(1 << 18)
                        if not data:
                            return
                        if key.fileobj is client:
                            self._note(data)
                        elif self.answer_delay:
                            time.sleep(self.answer_delay)
                        other[key.fileobj].sendall(data)
            except OSError:
                pass
            finally:
                self._connections -= pair
                for side in pair:
                    side.close()

    def _note(self, data: bytes) -> None:
        # A head comes at the start of what is read: the client waits for each answer before the next request.
        found = re.search(rb"[Cc]ontent-[Rr]ange: bytes (\d+)-(\d+)/", data[:4096])
        with self._changed:
            if found:
                self.ranges.append((int(found[1]), int(found[2])))
            self.sent += len(data)
            self._changed.notify_all()
        if self.rate:
            time.sleep(len(data) / self.rate)
