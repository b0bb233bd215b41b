"""The door: durable 202s a second, and how long one waits."""

import asyncio
import json
import random
from statistics import quantiles
from time import perf_counter

import aiohttp

from tests.load.people import person

CONNECTIONS = 48
BATCH, SENDERS = 500, 4  # leads in one request, requests at a time


def _bodies(requests: int, seed: int, each: int | None = None) -> list[bytes]:
    rng = random.Random(seed)
    if each is None:
        return [json.dumps(person(rng)).encode() for _ in range(requests)]
    return [json.dumps({"leads": [person(rng) for _ in range(each)]}).encode() for _ in range(requests)]


async def _post(url: str, key: str, requests: int, seed: int, rate: float | None) -> tuple[float, list[float]]:
    bodies = _bodies(requests, seed)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    waits: list[float] = []
    started = perf_counter()
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(url, connector=connector, headers=headers) as http:

        async def one(body: bytes) -> None:
            begun = perf_counter()
            async with http.post("/v1/leads", data=body) as answer:
                assert answer.status == 202, await answer.text()
                await answer.read()
            waits.append((perf_counter() - begun) * 1000)

        async def many(mine: list[bytes]) -> None:
            for body in mine:
                await one(body)

        if rate is None:
            await asyncio.gather(*(many(bodies[n::CONNECTIONS]) for n in range(CONNECTIONS)))
        else:
            tasks = []
            for n, body in enumerate(bodies):
                await asyncio.sleep(max(0.0, started + n / rate - perf_counter()))
                tasks.append(asyncio.create_task(one(body)))
            await asyncio.gather(*tasks)
    return requests / (perf_counter() - started), waits


def intake(url: str, key: str, requests: int, seed: int) -> float:
    """202s a second with 48 connections that never pause."""
    return asyncio.run(_post(url, key, requests, seed, None))[0]


def intake_latency(url: str, key: str, rate: float, seconds: float, seed: int) -> float:
    """p99 in milliseconds at `rate` requests a second."""
    _, waits = asyncio.run(_post(url, key, int(rate * seconds), seed, rate))
    return quantiles(waits, n=100)[98]


async def _post_batches(url: str, key: str, bodies: list[bytes]) -> float:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    async with aiohttp.ClientSession(url, headers=headers) as http:

        async def some(mine: list[bytes]) -> None:
            for body in mine:
                async with http.post("/v1/leads/batch", data=body) as answer:
                    assert answer.status == 202, await answer.text()
                    await answer.read()

        started = perf_counter()
        await asyncio.gather(*(some(bodies[n::SENDERS]) for n in range(SENDERS)))
        return perf_counter() - started


def intake_batch(url: str, key: str, leads: int, seed: int) -> float:
    """Leads a second through the batch endpoint, each of them durable, by 4 senders of 500 leads a request."""
    bodies = _bodies(leads // BATCH, seed, BATCH)
    return len(bodies) * BATCH / asyncio.run(_post_batches(url, key, bodies))
