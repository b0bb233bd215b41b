"""Choosing ports."""

import socket

import pytest

from leadline_local import ports
from leadline_local.errors import StackError


def test_a_chosen_port_is_free_and_below_those_the_system_gives_out() -> None:
    port = ports.choose(())
    assert 20_000 <= port <= 29_999
    with socket.socket() as server:
        server.bind((ports.HOST, port))


def test_a_port_somebody_listens_on_is_not_free_and_answers() -> None:
    with socket.create_server((ports.HOST, 0)) as server:
        port = server.getsockname()[1]
        assert not ports.is_free(port)
        assert ports.answers(port)
    assert ports.is_free(port)
    assert not ports.answers(port)


def test_ports_of_our_other_servers_are_left_to_them_even_while_they_are_down(monkeypatch: pytest.MonkeyPatch) -> None:
    free = ports.choose(())
    monkeypatch.setattr(ports, "FIRST", free)
    monkeypatch.setattr(ports, "LAST", free)
    assert ports.choose(()) == free
    with pytest.raises(StackError, match=f"No free port was found between {free} and {free}"):
        ports.choose((free,))


def test_when_all_ports_are_taken_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((ports.HOST, 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setattr(ports, "FIRST", port)
        monkeypatch.setattr(ports, "LAST", port)
        with pytest.raises(StackError, match="stop some local servers and try again"):
            ports.choose(())
