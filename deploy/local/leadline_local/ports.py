"""Choosing local ports."""

import random
import socket
from collections.abc import Collection

from leadline_local.errors import StackError

HOST = "127.0.0.1"
FIRST, LAST = 20_000, 29_999  # below the range from which the system takes ports for outgoing connections
_TRIES = 200


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of the loopback address now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # servers set it: TIME_WAIT is no obstacle
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def answers(port: int) -> bool:
    """Whether somebody listens on this port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0


def choose(taken: Collection[int]) -> int:
    """A free port between 20000 and 29999 that is not in `taken`. Raises StackError if none is found."""
    for _ in range(_TRIES):
        port = random.randint(FIRST, LAST)  # noqa: S311 -- no secret, only not the same as everybody's
        if port not in taken and is_free(port):
            return port
    raise StackError(f"No free port was found between {FIRST} and {LAST}: stop some local servers and try again.")
