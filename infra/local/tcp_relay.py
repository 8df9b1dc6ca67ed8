"""A TCP relay: what connects to one address is connected to a port of this machine's loopback."""

import selectors
import socket
import threading

from settings import Problem

CHUNK = 65536


def start(address: str, port: int) -> None:
    """Listens on `address:port` and on nothing else until this process ends; connections go on to 127.0.0.1:`port`."""
    try:
        listener = socket.create_server((address, port))
    except OSError as error:
        raise Problem(
            f"cannot listen on Docker's bridge, {address}:{port}: {error.strerror}."
            " A relay of your own (socat) there has to go first."
        ) from error
    threading.Thread(target=_accept, args=[listener, port], daemon=True).start()


def _accept(listener: socket.socket, port: int) -> None:
    while True:
        accepted, _ = listener.accept()
        threading.Thread(target=_serve, args=[accepted, port], daemon=True).start()


def _serve(accepted: socket.socket, port: int) -> None:
    with accepted:
        try:
            with socket.create_connection(("127.0.0.1", port)) as onward:
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
