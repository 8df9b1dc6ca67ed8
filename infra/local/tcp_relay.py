"""A TCP relay: what connects to one address is connected to a port of this machine's loopback."""

import selectors
import socket
import threading

from settings import Problem

CHUNK = 65536


class TcpRelay:
    """Listens on `address:port` and on nothing else, until it is closed; each connection goes on to 127.0.0.1:`port`."""

    def __init__(self, address: str, port: int):
        self._port = port
        try:
            self._listener = socket.create_server((address, port))
        except OSError as error:
            raise Problem(f"cannot listen on Docker's bridge, {address}:{port}: {error.strerror}."
                          " A relay of your own (socat) there has to go first.") from error
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Ends the listening at once; a connection that is under way ends with its two ends."""
        try:
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
        except OSError:
            pass  # macOS: a listener is not connected, and its close alone wakes the thread
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=[accepted], daemon=True).start()

    def _serve(self, accepted: socket.socket) -> None:
        with accepted:
            try:
                with socket.create_connection(("127.0.0.1", self._port)) as onward:
                    _copy_both_ways(accepted, onward)
            except OSError:
                pass  # one end is gone; the other learns it by the close


def _copy_both_ways(one: socket.socket, other: socket.socket) -> None:
    with selectors.DefaultSelector() as open_ends:
        open_ends.register(one, selectors.EVENT_READ, other)
        open_ends.register(other, selectors.EVENT_READ, one)
        while open_ends.get_map():
            for ready, _ in open_ends.select():
                chunk = ready.fileobj.recv(CHUNK)
                if chunk:
                    ready.data.sendall(chunk)
                else:
                    open_ends.unregister(ready.fileobj)
                    ready.data.shutdown(socket.SHUT_WR)
