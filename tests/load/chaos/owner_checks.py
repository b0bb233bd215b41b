"""One owner a lead, and books that balance (I11), positions that never run ahead (I6), one lead one state."""

import json
from collections import Counter, defaultdict
from fractions import Fraction
from typing import Any

import zstandard

from tests.load.chaos.history import Evidence
from tests.load.chaos.told import Event, Told, newest
from tests.load.chaos.verdict import Verdict


def check_owners(evidence: Evidence, told: Told, verdict: Verdict) -> None:
    """Assignments of lead.routed against each other and against route's tables."""
    routed = told["lead.routed"]
    owners: dict[tuple[str, int], set[str]] = defaultdict(set)
    for event in routed:
        if event.body["outcome"] == "person":
            owners[event.lead, event.body["assignment"]].add(event.body["owner"])
    for (lead, number), found in owners.items():
        if len(found) > 1:
            verdict.add("owners doubled", "I11", f"lead {lead} assignment {number}: {', '.join(sorted(found))}")
    last = newest(routed)
    _check_standings(evidence, last, verdict)
    _check_numbers(routed, verdict)
    members = evidence.tables.get("member", [])
    _check_balances(members, evidence.run.get("pools", {}), verdict)
    _check_ledger(routed, members, verdict)
    received = Counter(next(iter(found)) for found in owners.values())
    open_now = Counter(e.body["owner"] for e in last.values() if e.body["outcome"] == "person")
    for row in members:
        _check_member(row, received[row["id"]], open_now[row["id"]], evidence.run.get("caps", {}), verdict)
    verdict.numbers["assignments"] = len(owners)


def standing_of(body: bytes) -> dict[str, Any]:
    """Where a lead stands by route's own state: JSON behind its length, all of it perhaps a zstd frame."""
    if body.startswith(zstandard.FRAME_HEADER):
        body = zstandard.ZstdDecompressor().decompress(body)
    length = int.from_bytes(body[:4], "big")
    found: dict[str, Any] = json.loads(body[4 : 4 + length])
    return found


def _check_standings(evidence: Evidence, last: dict[str, Event], verdict: Verdict) -> None:
    for row in evidence.tables.get("route.standing", ()):
        standing = standing_of(bytes(row["body"]))
        event = last.get(row["lead_id"])
        said = (event.body["outcome"], event.body.get("owner"), event.body["assignment"]) if event else (None, None, 0)
        kept = (standing.get("outcome"), standing.get("owner"), standing.get("assignment", 0))
        if said != kept:
            verdict.add("owners doubled", "I11", f"lead {row['lead_id']}: route's table", f"{kept}, lead.routed {said}")


def _check_numbers(routed: list[Event], verdict: Verdict) -> None:
    """Assignment numbers of a lead never go back."""
    number: dict[str, int] = {}
    for event in sorted(routed, key=lambda e: e.revision):
        if event.body["assignment"] < number.get(event.lead, 0):
            verdict.add("owners doubled", "I11", f"lead {event.lead}: assignment {event.body['assignment']} came again")
        number[event.lead] = event.body["assignment"]


def _check_balances(members: list[Any], pools: dict[str, Any], verdict: Verdict) -> None:
    """What a pool owes its members sums to 0; nobody who was always there is owed more than 1.25 leads."""
    owed: dict[str, dict[str, Fraction]] = defaultdict(dict)
    for row in members:
        for pool, balance in row["owed"].items():
            owed[pool][row["id"]] = Fraction(balance)
    for pool, balances in owed.items():
        if sum(balances.values()) != 0:
            verdict.add("owners doubled", "I11", f"pool {pool}: balances sum to", str(sum(balances.values())))
        for member in pools.get(pool, {}).get("steady", ()):
            if abs(balances.get(member, Fraction(0))) > Fraction(5, 4):
                verdict.add("other", "I11", f"pool {pool}: {member} is owed", str(balances[member]))


def _check_ledger(routed: list[Event], members: list[Any], verdict: Verdict) -> None:
    """Each balance is the sum of all that events say was moved: no move was lost, none was made twice."""
    owed: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
    for event in routed:
        body, pool = event.body, str(event.body.get("pool"))
        for member, after in body.get("balance_after", {}).items():
            owed[pool, member] += Fraction(after) - Fraction(body.get("balance_before", {}).get(member, "0"))
        for name, by in (("turn_returned", -1), ("turn_retaken", 1)):
            for member, share in body.get(name, {}).get("shares", {}).items():
                owed[body[name]["pool"], member] += by * Fraction(share)
    kept = {(pool, row["id"]): Fraction(text) for row in members for pool, text in row["owed"].items()}
    for pool, member in owed.keys() | kept.keys():
        told, row = owed.get((pool, member), Fraction(0)), kept.get((pool, member), Fraction(0))
        if told != row:
            verdict.add(
                "owners doubled", "I11", f"{pool}: {member} is owed", f"{row} in its row, {told} by lead.routed"
            )


def _check_member(row: Any, received: int, open_now: int, caps: dict[str, Any], verdict: Verdict) -> None:
    """His row counts what lead.routed says he got; his caps hold. A run lasts less than a day."""
    member, cap = row["id"], caps.get(row["id"], {})
    counted = sum(row["assigned"].values())
    if counted != received:
        verdict.add(
            "owners doubled", "I11", f"{member}: assignments", f"{counted} in his row, {received} in lead.routed"
        )
    if row["open"] != open_now:
        verdict.add(
            "owners doubled", "I11", f"{member}: open leads", f"{row['open']} in his row, {open_now} by lead.routed"
        )
    for name, value in (("day", counted), ("open", row["open"])):
        if value > cap.get(name, value):
            verdict.add("other", "I11", f"{member}: cap of {name}", f"{value} of {cap[name]}")


def check_positions(evidence: Evidence, verdict: Verdict) -> None:
    """Kafka's committed offset never runs ahead of the outbox (I6); nothing waits in an inbox at rest."""
    for sample in evidence.samples:
        for step, places in sample["committed"].items():
            for place, offset in places.items():
                reached = sample["outbox"].get(step, {}).get(place, 0)
                if offset > reached:
                    verdict.add("lost", "I6", f"{step} {place}: offsets", f"committed {offset}, outbox {reached}")
    for row in evidence.tables.get("inbox", ()):
        verdict.add("lost", "I2", f"a message waits in an inbox of lane {row['lane']}")
    verdict.numbers["position samples"] = len(evidence.samples)
