"""Who knocks in the demo, by which channel, and in what shape: as the real senders send."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

# Shared with the edge by LEADLINE_SOURCE_SECRETS for as long as the demo runs.
SECRETS = {"google_ads": ["demo-google-key"], "typeform": ["demo-typeform-secret"]}
UNANSWERED = "nora.quist@tallships.example"  # nobody answers her: her deadline passes


@dataclass(frozen=True)
class Visitor:
    """One submission: the channel in words, and the request that carries it."""

    channel: str
    path: str
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()
    kafka: bool = False


def api(**fields: Any) -> Visitor:
    """A lead sent by a program as JSON."""
    return Visitor("JSON API", "/v1/leads", "application/json", json.dumps(fields).encode())


def form(**fields: str) -> Visitor:
    """A form of our own web site, as a browser posts it."""
    return Visitor(
        "web form", "/v1/sources/website_form", "application/x-www-form-urlencoded", urlencode(fields).encode()
    )


def google(lead_id: str, **columns: str) -> Visitor:
    """A Google Ads lead form."""
    body = {
        "lead_id": lead_id,
        "api_version": "1.0",
        "form_id": 40000000001,
        "campaign_id": 98765432109876543210,
        "google_key": SECRETS["google_ads"][0],
        "is_test": False,
        "user_column_data": [{"column_id": column, "string_value": value} for column, value in columns.items()],
    }
    return Visitor("Google Ads", "/v1/sources/google_ads", "application/json", json.dumps(body).encode())


def typeform(token: str, **answers: str) -> Visitor:
    """A Typeform webhook with its signature."""
    kinds = {"email": "email", "phone": "phone_number"}
    told = [
        {"type": kinds.get(ref, "text"), kinds.get(ref, "text"): value, "field": {"id": ref, "ref": ref}}
        for ref, value in answers.items()
    ]
    response = {"form_id": "lT4Z3j", "token": token, "definition": {"title": "Talk to us"}, "answers": told}
    body = json.dumps({"event_id": token, "event_type": "form_response", "form_response": response}).encode()
    digest = hmac.new(SECRETS["typeform"][0].encode(), body, hashlib.sha256).digest()
    signature = "sha256=" + base64.b64encode(digest).decode()
    return Visitor("Typeform", "/v1/sources/typeform", "application/json", body, (("Typeform-Signature", signature),))


def kafka(**fields: Any) -> Visitor:
    """A marketing system that writes to lead.received itself."""
    return Visitor("Kafka", "", "application/json", json.dumps(fields).encode(), kafka=True)


def cast() -> list[Visitor]:
    """Everybody, in the order in which they come."""
    return [
        form(form="demo", name="Ben Okafor", email="ben@swiftcargo.example", job_title="VP Logistics",
             company="Swift Cargo", employees="400", industry="logistics", country="US", state="NY", marketing="on"),
        google("g-1001", FULL_NAME="Ines Duarte", WORK_EMAIL="ines@portoflow.example", COMPANY_NAME="Porto Flow",
               JOB_TITLE="Head of Operations", PHONE_NUMBER="+351 21 000 0000", COUNTRY="PT"),
        form(form="demo", name="Nora Quist", email=UNANSWERED, job_title="Director", company="Tall Ships Inc.",
             employees="250", industry="logistics", country="US", state="MA", phone="+1 212 555 0117", marketing="0"),
        api(id="demo-api-1", type="content_download", source="website_form", source_detail="whitepaper", name="Kim Doe",
            email="kim.doe@gmail.com", title="Student", country="US", state="TX", marketing_checkbox=True),
        typeform("tf-1", name="Lian Works", email="lian@lianworks.example", company="Lian Works", country="GB",
                 message="How does the SAP connector work?"),
        kafka(type="trial_signup", source="product", source_detail="signup", name="Jo Park",
              email="jo@tidepool.example", title="Growth Manager", company="Tidepool", country="US", state="CA"),
        api(id="demo-api-2", type="demo_request", source="website_form", name="Alex Roe", title="Director of Product",
            email="alex@rivalware.example", company="Rivalware", country="US", state="CO"),
        form(form="pricing", name="Marta Kowalska", email="marta@zbud.example", job_title="CFO", company="Zbud",
             employees="1200", industry="manufacturing", country="PL", language="en"),
        api(id="demo-api-3", type="referral", source="referral", name="Anke Vogt", title="Head of IT",
            email="a.vogt@mueller-maschinen.example", company="Mueller Maschinen GmbH", country="DE", language="de",
            referrer={"name": "T. Lang", "email": "t.lang@partner.example"}),
        form(form="demo", name="Ben Okafor", email="Ben+again@SwiftCargo.example", company="swift cargo", country="US"),
        kafka(type="outbound", source="purchased_list", source_detail="fair-2026", name="Jens Krug", title="CFO",
              email="j.krug@stahlform.example", company="Stahlform AG", country="DE"),
        form(form="contact", name="Win Big", email="win@spam.example", honeypot="http://spam.example"),
        google("g-1002", FULL_NAME="Sofia Rossi", EMAIL="sofia.rossi@gmail.com", PHONE_NUMBER="+1 305 555 0100",
               COUNTRY="US", REGION="FL"),
        api(id="demo-api-4", type="demo_request", source="website_form", name="Priya Shah", title="VP Operations",
            email="priya@northhaul.example", phone="+44 20 7946 0018", company="NorthHaul Ltd", country="GB",
            employees=400, industry="logistics", budget="50-100k", timeline="this quarter"),
    ]  # fmt: skip
