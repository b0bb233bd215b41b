"""What no server should send: half of HTTP, none at all, another certificate. And one rate for all instances."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from leadline_enrich.core.questions import Question
from leadline_local.endpoints import Endpoints
from tests.integration.enrich.asking import asking
from tests.integration.enrich.vendor import Vendor, playing


@asynccontextmanager
async def wire(sent: bytes, secure: ssl.SSLContext | None = None) -> AsyncIterator[Vendor]:
    """A server that sends these bytes to whoever connects."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(65_536)
        writer.write(sent)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=secure)
    try:
        yield Vendor(port=int(server.sockets[0].getsockname()[1]))
    finally:
        server.close()


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"220 mail.example ESMTP\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 5\r\n\r\nabcde",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nabcde",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"a" * 100_000 + b"\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 1000,
    ],
    ids=["nothing", "no_http", "brotli", "no_gzip", "no_chunks", "two_lengths", "long_header", "for_ever_100"],
)
async def test_what_is_no_http_is_an_answer_cut_short(sent: bytes) -> None:
    async with wire(sent) as vendor, asking(vendor) as ask:
        assert await ask.told() == "cut"


async def test_a_certificate_that_nobody_vouches_for_is_no_connection(tmp_path: Path) -> None:
    async with wire(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", _own_certificate(tmp_path)) as vendor:
        request = {"url": f"https://127.0.0.1:{vendor.port}/companies/{{domain}}"}
        async with asking(vendor, request=request) as ask:
            assert await ask.told() == "unreachable"


def _own_certificate(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(datetime(2020, 1, 1)).not_valid_after(datetime(2100, 1, 1)).sign(key, hashes.SHA256())  # noqa: DTZ001
    )  # fmt: skip
    file = folder / "own.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    file.write_bytes(made.public_bytes(pem) + key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


@pytest.mark.stack
async def test_two_instances_keep_one_rate(stack: Endpoints, prefix: str) -> None:
    limits = {"rate": {"per_s": 0.01, "burst": 6}, "budget_ms": 20_000, "tries": 1}
    async with playing() as vendor:
        more: dict[str, Any] = {"redis": stack.redis_url, "name": prefix, "limits": limits}
        async with asking(vendor, **more) as one, asking(vendor, **more) as other:
            told = [await ask.told(Question(domain=f"{n}.example")) for n in range(5) for ask in (one, other)]
    assert told.count("found") == len(vendor.asked) == 6
    assert set(told[6:]) == {"throttled"}
