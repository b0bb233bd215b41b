"""Tables of closed leads made by chance, seeded, with honest columns of known strength and with planted leaks.

Their shapes are those of public tables: an education company's leads, a bank's calls, a CRM's opportunities.
"""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import exp
from pathlib import Path
from random import Random
from typing import Any

Rows = list[dict[str, Any]]
SOURCES = {"Google": 0.0, "Direct Traffic": -0.4, "Referral": 1.6, "Chat": -0.8, "Facebook": -1.2}
OCCUPATIONS = {"Working Professional": 1.5, "Student": -0.6, "Unemployed": -0.2}
CITIES = ("Mumbai", "Thane", "Pune", "Other Cities")


def _happens(chance: Random, logit: float) -> int:
    return int(chance.random() < 1 / (1 + exp(-logit)))


def education(rows: int = 1500, seed: int = 1) -> Rows:
    """Leads of an education company: placeholders, two ids, an honest strong source; Tags and more filled by sales."""
    chance = Random(seed)
    made = []
    for place in range(rows):
        source, occupation = chance.choice([*SOURCES]), chance.choice([*OCCUPATIONS])
        minutes = chance.expovariate(1 / 400)
        logit = -1.2 + SOURCES[source] + OCCUPATIONS[occupation] + (minutes - 400) / 400
        won = _happens(chance, logit)
        noisy = won if chance.random() < 0.93 else 1 - won
        made.append(
            {
                "Prospect ID": f"{chance.getrandbits(64):016x}",
                "Lead Number": 660_000 - place * 3 - chance.randrange(3),
                "Lead Source": source if chance.random() < 0.9 else source.upper(),
                "Do Not Email": "Yes" if chance.random() < 0.08 else "No",
                "Converted": won,
                "Total Time Spent on Website": round(minutes),
                "Last Activity": chance.choice(
                    ["SMS Sent", "Email Opened"][: 2 - won] + ["Email Opened", "SMS Sent"][won:]
                ),
                "What is your current occupation": "Select" if chance.random() < 0.1 else occupation,
                "City": chance.choice([*CITIES, "Select", ""]),
                "Magazine": "No",
                "Tags": chance.choice(["Closed by Horizon", "Will revert after reading the email"])
                if noisy
                else chance.choice(["Ringing", "Interested in other courses", ""]),
                "Lead Quality": chance.choice(["High in Relevance", "Might be"])
                if noisy
                else chance.choice(["Worst", ""]),
                "Order Value": round(chance.uniform(100, 900)) if won and chance.random() < 0.5 else "",
            }
        )
    return made


EDUCATION_LEAKS = {"Last Activity", "Tags", "Lead Quality", "Order Value"}


def calls(rows: int = 2500, seed: int = 2) -> Rows:
    """A bank's telephone campaign: `duration` is known after the call; 999 stands for never called before."""
    chance = Random(seed)
    made = []
    for _ in range(rows):
        before = chance.random() < 0.12
        outcome = chance.choice(["success", "failure"]) if before else "nonexistent"
        age, job = chance.randrange(18, 88), chance.choice(["admin.", "blue-collar", "retired", "student", "unknown"])
        logit = -2.3 + (2.4 if outcome == "success" else 0.0) + (0.7 if job in ("retired", "student") else 0.0)
        won = _happens(chance, logit + (0.5 if age > 60 else 0.0))
        made.append(
            {
                "age": age,
                "job": job,
                "housing": chance.choice(["yes", "no", "unknown"]),
                "duration": round(chance.gammavariate(3.0, 180) if won else chance.gammavariate(1.4, 150)),
                "pdays": chance.randrange(1, 20) if before else 999,
                "poutcome": outcome,
                "balance": f"{chance.gauss(1400, 900):,.2f} €",
                "y": "yes" if won else "no",
            }
        )
    return made


def opportunities(rows: int = 1600, seed: int = 3) -> Rows:
    """A CRM's opportunities by time: won, lost and open ones, dates in American spelling, what the end brings."""
    chance = Random(seed)
    made = []
    start = datetime(2024, 1, 1, 9, tzinfo=UTC)
    for place in range(rows):
        created = start + timedelta(hours=9 * place + chance.random())
        size, industry = (
            chance.choice(["1-10", "11-50", "51-200", "201+"]),
            chance.choice(["retail", "software", "medical"]),
        )
        logit = -0.4 + {"1-10": -0.9, "11-50": 0.0, "51-200": 0.7, "201+": 1.1}[size] + (industry == "software") * 0.8
        won = _happens(chance, logit)
        open_still = place > rows * 0.95
        closed = created + timedelta(days=chance.randrange(3, 90))
        made.append(
            {
                "opportunity_id": f"OPP-{chance.getrandbits(32):08x}",
                "created_on": f"{created:%m/%d/%Y %H:%M}",
                "sales_agent": chance.choice(["Anna Berg", "Boris Iwanow", "Carla Diaz"]),
                "employees": size,
                "industry": industry,
                "email": f"person{place}@example{place % 97}.com",
                "first_visit": f"{created - timedelta(days=chance.randrange(0, 40)):%m/%d/%Y}",
                "deal_stage": "Prospecting" if open_still else "Won" if won else "Lost",
                "close_date": "" if open_still else f"{closed:%m/%d/%Y}",
                "close_value": "" if open_still else chance.randrange(500, 9000) if won else 0,
                "notes": " ".join(
                    chance.choice(["asked", "for", "prices", "again", "of", "our", "team"]) for _ in range(9)
                ),
            }
        )
    return made


def honest(rows: int = 1500, seed: int = 4, strength: float = 1.6) -> Rows:
    """Nothing but columns known at capture, one of them as strong as honest columns get."""
    chance = Random(seed)
    made = []
    for _ in range(rows):
        source, score = chance.choice([*SOURCES]), chance.gauss(0, 1)
        campaign, marital = chance.choice("ABCD"), chance.choice(["married", "single"])
        before = chance.choice(["bought", "returned", "new"])
        logit = -0.6 + SOURCES[source] * 0.7 + strength * score + 0.4 * (campaign == "A") + 1.2 * (before == "bought")
        won = _happens(chance, logit)
        made.append(
            {
                "lead_source": source,
                "visits_before": round(4 + 2 * score + chance.gauss(0, 0.4), 1),
                "campaign": campaign,
                "marital_status": marital,
                "previous_outcome": before,
                "home_owner": chance.choice(["yes", "no"]),
                "website_visits": chance.randrange(0, 30) if chance.random() < 0.8 else "",
                "won": won,
            }
        )
    return made


def write(
    path: Path, rows: Sequence[dict[str, Any]], delimiter: str = ",", encoding: str = "utf-8", quoting: int = 0
) -> Path:
    """The table as a file."""
    with path.open("w", newline="", encoding=encoding) as stream:
        writer = csv.DictWriter(stream, list(rows[0]), delimiter=delimiter, quoting=csv.QUOTE_ALL if quoting else 0)
        writer.writeheader()
        writer.writerows(rows)
    return path
