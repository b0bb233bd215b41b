"""Servers on this machine that take notices, or do not: HTTP and SMTP, as they are told to be."""

import json
import ssl
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import time
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from leadline_local.ports import choose

PATIENCE_S = 60


@dataclass(frozen=True)
class Taken:
    """A request as it came; `answered`: how the receiver was then."""

    path: str
    headers: dict[str, str]
    body: bytes
    answered: str
    at: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    """An HTTP server. Ways: a status, `429:7` (with Retry-After), hang, drip, garbage, cut, `302:URL`; `ways` are used
    up one by one, then it is as `way` says.
    """

    way: str = "200"
    ways: deque[str] = field(default_factory=deque)
    taken: list[Taken] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    def ids(self) -> list[str]:
        """The webhook ids of what came."""
        return [each.headers["webhook-id"] for each in self.taken]

    def next_way(self) -> str:
        with self.lock:
            return self.ways.popleft() if self.ways else self.way


class _Handler(BaseHTTPRequestHandler):
    receiver: Receiver
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        receiver = self.receiver
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        way = receiver.next_way()
        headers = {name.lower(): value for name, value in self.headers.items()}
        with receiver.lock:
            receiver.taken.append(Taken(self.path, headers, body, way, time()))
            receiver.at_once += 1
            receiver.most_at_once = max(receiver.most_at_once, receiver.at_once)
        try:
            self._answer(way)
        except OSError:
            self.close_connection = True
        finally:
            with receiver.lock:
                receiver.at_once -= 1

    def _answer(self, way: str) -> None:
        kind, _, more = way.partition(":")
        if kind == "hang":
            self.receiver.over.wait(PATIENCE_S)
            self.close_connection = True
        elif kind == "drip":
            for sign in b"HTTP/1.1 200 OK\r\n":
                self.wfile.write(bytes([sign]))
                if self.receiver.over.wait(0.2):
                    break
            self.close_connection = True
        elif kind in ("garbage", "cut"):
            self.wfile.write(b"220 this is no HTTP\r\n\r\n" if kind == "garbage" else b"")
            self.close_connection = True
        else:
            self.send_response(int(kind))
            if more:
                self.send_header("Location" if kind == "302" else "Retry-After", more)
            body = b"" if kind == "204" else b"ok"
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            return  # who called has hung up

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@contextmanager
def receiver(way: str = "200", ways: Sequence[str] = (), port: int = 0) -> Iterator[Receiver]:
    """A receiver for as long as it is entered."""
    made = Receiver(way, deque(ways))
    handler = type("Handler", (_Handler,), {"receiver": made})
    with ThreadingHTTPServer(("127.0.0.1", port), handler) as server:
        server.daemon_threads = True
        made.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield made
        finally:
            made.over.set()
            server.shutdown()
            thread.join()


@dataclass
class Mailbox:
    """An SMTP server. `to_…`: what it answers to a recipient or to the mail, as `550 no user`; nothing: it takes it.

    `user`: who must sign in, with which password. `tls`: it can be spoken to encrypted, from the start or by STARTTLS.
    """

    to_recipient: str = ""
    to_mail: str = ""
    user: tuple[str, str] | None = None
    tls: ssl.SSLContext | None = None
    at_once: bool = False
    mails: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    port: int = 0

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.to_recipient:
            return self.to_recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        self.to += envelope.rcpt_tos
        return self.to_mail or "250 OK"

    def signs_in(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        known = isinstance(data, LoginPassword) and (data.login.decode(), data.password.decode()) == self.user
        return AuthResult(success=known, handled=False)


@contextmanager
def mailbox(**more: Any) -> Iterator[Mailbox]:
    """A mail server for as long as it is entered."""
    made = Mailbox(**more)
    secure: dict[str, Any] = {}
    if made.tls is not None:
        secure = {"ssl_context": made.tls} if made.at_once else {"tls_context": made.tls, "require_starttls": True}
    controller = Controller(
        made, **secure, hostname="127.0.0.1", port=choose([]), authenticator=made.signs_in if made.user else None,
        auth_required=made.user is not None, auth_require_tls=False,
    )  # fmt: skip
    controller.start()
    made.port = controller.port
    try:
        yield made
    finally:
        controller.stop()
