"""A vendor's API on this machine: it answers, hangs, cuts, lies, throttles, never ends, and recovers, as told."""

import asyncio
import json
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

MEGABYTE = 1_048_576
TEN_GIGABYTES = 10_240  # megabytes


@dataclass
class Vendor:
    """`script`: the answers to come; after the last one the honest one. `asked`: every request there was."""

    script: list[Any] = field(default_factory=list)
    tokens: set[str] = field(default_factory=lambda: {"live"})
    asked: list[web.Request] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    running: int = 0
    most_running: int = 0
    sent: int = 0
    port: int = 0
    gate: asyncio.Event = field(default_factory=asyncio.Event)

    def paths(self) -> list[str]:
        """Path and query of every request."""
        return [request.raw_path for request in self.asked]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The next answer of the script."""
        self.asked.append(request)
        self.bodies.append(json.loads(await request.text()) if request.can_read_body else None)
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return web.json_response({"error": "token"}, status=401)
        step = self.script.pop(0) if self.script else "honest"
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            return await self._step(step, request)
        finally:
            self.running -= 1

    async def _step(self, step: Any, request: web.Request) -> web.StreamResponse:
        if isinstance(step, web.StreamResponse):
            return step
        if isinstance(step, dict | list):
            return web.json_response(step)
        if isinstance(step, int):
            return web.Response(status=step)
        if isinstance(step, bytes):
            return web.Response(body=step, content_type="application/json")
        done: web.StreamResponse = await getattr(self, f"_{step}")(request)
        return done

    async def _honest(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(facts(request.match_info["domain"]))

    async def _wait(self, request: web.Request) -> web.StreamResponse:
        await self.gate.wait()
        return await self._honest(request)

    async def _hang(self, request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(3600)
        return web.Response()

    async def _trickle(self, request: web.Request) -> web.StreamResponse:
        """A byte now and then: each read is quick, the whole never ends."""
        told = web.StreamResponse()
        await told.prepare(request)
        with suppress(ConnectionError):
            while True:
                await told.write(b" ")
                await asyncio.sleep(0.01)
        return told

    async def _cut(self, request: web.Request) -> web.StreamResponse:
        told = web.StreamResponse(headers={"Content-Length": "1000"})
        await told.prepare(request)
        await told.write(b'{"domain": "acm')
        assert request.transport is not None
        request.transport.abort()
        return told

    async def _elsewhere(self, request: web.Request) -> web.StreamResponse:
        raise web.HTTPFound(f"http://localhost:{self.port}/other/{request.match_info['domain']}")

    async def _bomb(self, request: web.Request) -> web.StreamResponse:
        """Ten gigabytes of spaces, a thousandth of that on the wire."""
        told = web.StreamResponse(headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})
        await told.prepare(request)
        packing = zlib.compressobj(9, wbits=31)
        spaces = b" " * MEGABYTE
        await told.write(packing.compress(spaces) + packing.flush(zlib.Z_FULL_FLUSH))
        piece = packing.compress(spaces) + packing.flush(zlib.Z_FULL_FLUSH)  # complete in itself, so it may be repeated
        with suppress(ConnectionError):
            for _ in range(TEN_GIGABYTES):
                await told.write(piece)
                self.sent += MEGABYTE
        return told

    async def other(self, request: web.Request) -> web.StreamResponse:
        """Where a redirect leads."""
        self.asked.append(request)
        return web.json_response(facts("elsewhere.example"))

    async def many(self, request: web.Request) -> web.StreamResponse:
        """Several companies at once: those whose domains begin with a letter up to m are known."""
        self.asked.append(request)
        self.bodies.append(asked := json.loads(await request.text()))
        names = [one["domain"] for one in asked["companies"]]
        known = [facts(name) for name in names if name < "n"]
        return web.json_response({"results": [facts("nobody.asked.example"), *reversed(known)]})


def facts(domain: str) -> dict[str, Any]:
    """What the vendor knows of a company."""
    return {
        "domain": domain, "updated_at": "2026-03-01T00:00:00Z", "metrics": {"size": "51-200"}, "category": "Software",
        "geo": {"country": "de", "score": 80},
    }  # fmt: skip


@asynccontextmanager
async def playing() -> AsyncIterator[Vendor]:
    """The vendor is there while the block runs."""
    vendor = Vendor()
    app = web.Application()
    app.router.add_get("/companies/{domain}", vendor.answer)
    app.router.add_get("/other/{domain}", vendor.other)
    app.router.add_post("/many", vendor.many)
    app.router.add_post("/companies/{domain}", vendor.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    vendor.port = int(runner.addresses[0][1])
    try:
        yield vendor
    finally:
        vendor.gate.set()
        await runner.cleanup()
