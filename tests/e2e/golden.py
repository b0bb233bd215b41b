"""The golden leads as a person would live them: submissions, page views, mails and calls over HTTP, in time order."""

import csv
import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

GOLDEN: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "golden_leads.json").read_text())
# The golden file's short names for what people do (rules B0).
KINDS: dict[str, dict[str, str]] = {
    "pricing_page": {"kind": "page.viewed", "tag": "pricing"},
    "gated_download": {"kind": "content.downloaded"},
    "email_click": {"kind": "email.clicked"},
    "email_open": {"kind": "email.opened"},
    "webinar_registered": {"kind": "webinar.registered"},
    "product_activated": {"kind": "product.activated"},
    "teammate_invited": {"kind": "product.teammate_invited"},
}
SAME = (
    "type", "source", "source_detail", "occurred_at", "name", "title", "email", "phone", "company", "country", "state",
    "language", "budget", "timeline", "anonymous_id", "referrer",
)  # fmt: skip


def lead(name: str) -> dict[str, Any]:
    """One golden lead by its name."""
    found: dict[str, Any] = next(one for one in GOLDEN["leads"] if one["id"] == name)
    return found


def instant(text: str) -> datetime:
    """An instant of the golden file."""
    return datetime.fromisoformat(text)


@dataclass(frozen=True, order=True)
class Moment:
    """Something that happens, or an instant at which a clock is looked at (`post` is None)."""

    at: datetime
    order: int
    lead: str
    path: str = ""
    body: str = ""


def submission(name: str) -> dict[str, Any]:
    """What the lead's form sends."""
    given = lead(name)["input"]["submission"]
    payload = {key: given[key] for key in SAME if key in given}
    if "consent_checkbox_marketing" in given:
        payload["marketing_checkbox"] = given["consent_checkbox_marketing"]
    return {"id": f"{name.lower()}-submission", **payload}


def activity(name: str, given: dict[str, Any]) -> dict[str, Any]:
    """One act of a golden lead as an activity payload: before it is known by anonymous id, afterwards by e-mail."""
    who = lead(name)["input"]["submission"]
    before = "at" in given
    kind = KINDS.get(given["kind"], {"kind": given["kind"]})
    payload = {"id": f"{name.lower()}-{given['id']}", **kind, "occurred_at": given.get("at") or given["occurred_at"]}
    payload |= {"anonymous_id": who["anonymous_id"]} if before else {"email": who["email"]}
    if "by" in given:
        person = given["by"] != "automation"
        payload["actor"] = {"kind": "person", "id": given["by"]} if person else {"kind": "automation"}
        payload["direction"] = "out"
    payload |= {key: given[key] for key in ("automated", "to") if key in given}
    return payload


def moments(names: list[str]) -> Iterator[Moment]:
    """Everything that happens to these leads, and every instant at which something falls due, in time order."""
    found: list[Moment] = []
    for name in names:
        one = lead(name)
        start = instant(one["input"]["submission"]["occurred_at"])
        found.append(Moment(start, 1, name, "/v1/leads", json.dumps(submission(name))))
        for given in one["input"].get("anonymous_events_before", []):
            found.append(Moment(instant(given["at"]), 0, name, "/v1/activities", json.dumps(activity(name, given))))
        for given in one["input"].get("activities_after", []):
            at = instant(given["occurred_at"])
            found.append(Moment(at, 2, name, "/v1/activities", json.dumps(activity(name, given))))
        for target in one["expect"]["sla"].get("targets", []):
            for key in ("warn_50", "warn_80", "due_at"):
                if key in target:
                    found.append(Moment(instant(target[key]), 3, name))
    yield from sorted(found)


def write_tables(directory: Path) -> dict[str, str]:
    """The golden providers' facts as the tables that enrich reads; gives the settings that name them."""
    firms, accounts = directory / "firmographics.csv", directory / "accounts.csv"
    rows = {domain: facts for one in GOLDEN["leads"] for domain, facts in one["input"].get("provider", {}).items()}
    with firms.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["domain", "employees", "industry"])
        table.writerows([domain, facts["employees"], facts["industry"]] for domain, facts in rows.items())
    with accounts.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["domain", "name", "status", "owner"])
        table.writerows([a["domain"], "", a["status"], a["owner"]] for a in GOLDEN["company"]["accounts"])
    return {"LEADLINE_FIRMOGRAPHICS_FILE": str(firms), "LEADLINE_ACCOUNTS_FILE": str(accounts)}


def post(url: str, key: str, path: str, body: str) -> dict[str, Any]:
    """POST JSON; gives the answer. Raises on anything but 202."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
    request = urllib.request.Request(url + path, body.encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 202
        found: dict[str, Any] = json.loads(answer.read())
        return found


def after(at: datetime, seconds: float) -> datetime:
    """An instant some seconds later."""
    return at + timedelta(seconds=seconds)
