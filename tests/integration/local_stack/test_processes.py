"""Services: any program that says over HTTP whether it is ready."""

import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest

from leadline_local import pipeline, server, stack
from leadline_local.errors import StackError
from leadline_local.processes import Process
from leadline_local.state import State
from tests.integration.local_stack.helpers import Reports, ensure, kill, pid_of

pytestmark = pytest.mark.stack

# Ready a moment after it listens, as a service is that waits for its partitions.
PROGRAM = """
import http.server, os, pathlib, sys, time
born = time.monotonic()

class Web(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        ready = time.monotonic() - born > float(os.environ["TAKES"])
        self.send_response(200 if ready or self.path == "/who" else 503)
        self.end_headers()
        self.wfile.write(os.environ["WHO"].encode())

print("listening", flush=True)
http.server.HTTPServer(("127.0.0.1", int(os.environ["LEADLINE_WEB_PORT"])), Web).serve_forever()
"""


def service(state: State, name: str, who: str = "one", takes: float = 0.2, program: str = PROGRAM) -> Process:
    return Process(
        state=state,
        name=name,
        title=name,
        argv=(sys.executable, "-c", program),
        port_variables=((name, "LEADLINE_WEB_PORT"),),
        ready_port=name,
        environment={"WHO": who, "TAKES": str(takes)},
    )


def who(state: State, name: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{state.port(name)}/who", timeout=60) as answer:
        return str(answer.read().decode())


def test_what_a_service_says_of_itself_is_asked_for_while_it_runs(state: State) -> None:
    one = service(state, "talks", who='{"core": "compiled"}')
    assert one.says() == {}, "nobody answers yet"
    assert ensure(one, state)
    assert one.says() == {"core": "compiled"}
    other = service(state, "mumbles", who="ready")
    assert ensure(other, state)
    assert other.says() == {}


def test_a_start_returns_when_the_service_says_it_is_ready(state: State) -> None:
    one = service(state, "slow", takes=0.7)
    began = time.monotonic()
    assert ensure(one, state)
    assert time.monotonic() - began >= 0.7
    assert one.ready()


def test_services_start_at_the_same_time(state: State) -> None:
    every = [service(state, f"s{number}", takes=1.5) for number in range(4)]
    began = time.monotonic()
    pipeline.start(every, state, Reports())
    assert time.monotonic() - began < 4 * 1.5
    assert all(one.ready() for one in every)


def test_one_that_cannot_start_takes_those_started_with_it_down_and_leaves_the_others(state: State) -> None:
    before, beside = service(state, "before"), service(state, "beside", takes=600)
    bad = service(state, "bad", program="import sys; sys.exit('LEADLINE_KAFKA is not set')")
    pipeline.start([before], state, Reports())
    with pytest.raises(StackError, match=r"bad ended with exit code 1(.|\n)*LEADLINE_KAFKA is not set"):
        pipeline.start([before, beside, bad], state, Reports())
    assert before.ready()
    assert not server.is_alive(beside, state)


def test_a_service_with_other_settings_is_started_anew_and_one_with_the_same_is_not(state: State) -> None:
    pipeline.start([service(state, "a", who="first"), service(state, "b")], state, Reports())
    kept, port = pid_of(service(state, "b"), state), state.port("a")
    pipeline.start([service(state, "a", who="second"), service(state, "b")], state, Reports())
    assert who(state, "a") == "second"
    assert state.port("a") == port, "its address stays"
    assert pid_of(service(state, "b"), state) == kept


def test_a_service_that_was_killed_is_reported_gone_and_started_again(state: State) -> None:
    one = service(state, "a")
    assert stack.look(one, state, vital=False).state == "stopped"
    ensure(one, state)
    assert stack.look(one, state, vital=False).state == "up"
    kill(pid_of(one, state))
    assert stack.look(one, state, vital=False).state == "gone"
    assert ensure(one, state)
    assert server.stop(one, state)
    assert stack.look(one, state, vital=False).state == "stopped"


def test_services_get_the_users_leadline_settings_and_no_others(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLINE_LOG_LEVEL", "DEBUG")
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    one = service(state, "a")
    ensure(one, state)
    environment = psutil.Process(pid_of(one, state)).environ()
    assert environment["LEADLINE_LOG_LEVEL"] == "DEBUG"
    assert environment["LEADLINE_WEB_PORT"] == str(state.port("a"))
    assert "PYTHONPATH" not in environment


def test_a_service_writes_its_log_in_its_own_folder(state: State) -> None:
    one = service(state, "a")
    ensure(one, state)
    assert state.log("a") == Path(state.directory / "a" / "server.log")
    assert "listening" in state.log("a").read_text()
