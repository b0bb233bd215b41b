"""A vendor's API on this machine, which answers, hangs, lies, throttles and recovers as a test says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass
class Vendor:
    """`script`: for each id the answers to come; after the last one the object. `asked`: every request there was."""

    script: dict[str, list[Any]] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=lambda: {"live"})
    asked: list[str] = field(default_factory=list)
    port: int = 0

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """The next answer of the script for this object."""
        id = request.match_info["id"]
        self.asked.append(id)
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return web.json_response({"error": "token"}, status=401)
        left = self.script.get(id, [])
        step = left.pop(0) if left else 200
        return await self._step(step, id, request)

    async def _step(self, step: Any, id: str, request: web.Request) -> web.StreamResponse:
        if step == "hang":
            await asyncio.sleep(3600)
        if step == "cut":
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if step == "redirect":
            raise web.HTTPFound(f"http://127.0.0.1:{self.port}/elsewhere/{id}")
        if step == "huge":
            return web.Response(body=b"[" + b" " * 3_000_000 + b"]", content_type="application/json")
        if step == "garbage":
            return web.Response(body=b"\xff<html>", content_type="text/html")
        if step == 429:
            return web.Response(status=429, headers={"Retry-After": "1"})
        if step != 200:
            return web.Response(status=step)
        return web.json_response(lead(id))


def lead(id: str) -> dict[str, Any]:
    """The object of an id, as the Graph API gives it."""
    said = {"full_name": f"Joe {id}", "email": f"joe{id}@works.example"}
    return {
        "id": id, "created_time": "2026-03-10T09:59:00+0000", "form_id": "7",
        "field_data": [{"name": name, "values": [value]} for name, value in said.items()],
    }  # fmt: skip


@asynccontextmanager
async def playing() -> AsyncIterator[Vendor]:
    """The vendor is there while the block runs."""
    vendor = Vendor()
    app = web.Application()
    app.router.add_get("/{id}", vendor.answer)
    app.router.add_get("/elsewhere/{id}", vendor.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    vendor.port = int(runner.addresses[0][1])
    try:
        yield vendor
    finally:
        await runner.cleanup()
