"""What a file about a vendor's interface may say: `rules/providers/NAME.yaml`, its shape, checked strictly."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from leadline_enrich.core.vendor_values import Kind
from leadline_runtime.durations import Duration
from leadline_runtime.rules import RulesModel

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Header = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,60}$")]
InputName = Literal["domain", "email", "company", "country", "ip"]
Status = Annotated[int, Field(ge=200, le=499)]
Share = Annotated[float, Field(ge=0, le=1)]


class InputModel(RulesModel):
    """`{input: domain}`: an input of the question stands here."""

    input: InputName


class SecretModel(RulesModel):
    """`{secret: acme, prefix: "Bearer "}`: a secret stands here, by its name in LEADLINE_PROVIDER_SECRETS."""

    secret: Name
    prefix: str = ""


class RequestModel(RulesModel):
    """What is sent. `url` has its host written out; `{domain}` and others may stand in its path and query."""

    method: Literal["GET", "POST"] = "GET"
    url: str
    query: dict[str, str | int | bool | InputModel | SecretModel] = {}
    headers: dict[Header, str | SecretModel] = {}
    body: dict[str, Any] | list[Any] | None = None


class BatchModel(RulesModel):
    """Several questions in one request. items: where the list of answers stands; key: where each names its question."""

    size: Annotated[int, Field(ge=2, le=1000)]
    by: InputName = "domain"
    items: str = "@"
    key: str
    joined_by: Annotated[str, Field(min_length=1, max_length=3)] = ","
    wait_ms: Annotated[int, Field(ge=1, le=1000)] = 10


class ConfidenceModel(RulesModel):
    """How sure the vendor is: an expression, and out of how much it is told."""

    from_: str = Field(alias="from")
    of: Annotated[float, Field(gt=0)] = 1.0


class ValueModel(RulesModel):
    """One value with more than an expression. map: what the vendor's words mean, in any case of letters."""

    from_: str = Field(alias="from")
    as_: Kind | None = Field(default=None, alias="as")
    map: dict[str, Any] | None = None
    otherwise: Any = None
    confidence: Share | str | ConfidenceModel | None = None
    stated_at: str | None = None


class EchoModel(RulesModel):
    """Where the answer says whom it is about, and which input that must be."""

    from_: str = Field(alias="from")
    is_: InputName = Field(default="domain", alias="is")


class AnswerModel(RulesModel):
    """How an answer is read. Expressions are JMESPath; `item` and the two conditions look at the whole, all others at
    the item. A condition holds for anything but nothing, false, and what is empty."""

    item: str | None = None
    not_found_status: tuple[Status, ...] = (404, 410)
    not_found_when: str | None = None
    failed_when: str | None = None
    echo: str | EchoModel | None = None
    stated_at: str | None = None
    confidence: Share = 1.0
    values: Annotated[dict[Name, str | ValueModel], Field(min_length=1)]


class RateModel(RulesModel):
    """So many requests a second of all instances together, and so many at once after a rest."""

    per_s: Annotated[float, Field(gt=0, le=10_000)]
    burst: Annotated[int, Field(ge=1, le=10_000)] = 1


class LimitsModel(RulesModel):
    """budget_ms: for one question, with waiting and all tries; try_ms: for one try, the budget if it is not given."""

    budget_ms: Annotated[int, Field(ge=20, le=30_000)] = 5000
    try_ms: Annotated[int, Field(ge=10, le=30_000)] | None = None
    tries: Annotated[int, Field(ge=1, le=5)] = 2
    at_once: Annotated[int, Field(ge=1, le=200)] = 8
    rate: RateModel | None = None
    bytes: Annotated[int, Field(ge=256, le=8_388_608)] = 262_144


class BreakerModel(RulesModel):
    """After so many failures in a row it rests; each further rest is twice as long, up to `longest_rest`."""

    failures: Annotated[int, Field(ge=1, le=1000)] = 5
    rest: Duration = timedelta(seconds=30)
    longest_rest: Duration = timedelta(minutes=10)


class KeepModel(RulesModel):
    """How long an answer is kept: one with values, and that there is no such company."""

    found: Duration = timedelta(days=30)
    not_found: Duration = timedelta(days=7)


class Gives(RulesModel):
    """What an example must give; what is not named must not be there."""

    status: Literal["found", "not_found", "unavailable"] = "found"
    reason: str | None = None
    values: dict[str, Any] = {}
    confidence: dict[str, float] = {}
    stated_at: str | None = None
    notes: tuple[str, ...] = ()


class Sends(RulesModel):
    """What an example must send. A secret stands in it as `secret:NAME`."""

    url: str
    headers: dict[str, str] | None = None
    body: Any = None


class Example(RulesModel):
    """A question, what the vendor answers to it, as its documentation shows, and what must become of that."""

    name: str
    asks: dict[InputName, str]
    sends: Sends | None = None
    status: Annotated[int, Field(ge=100, le=599)] = 200
    json_: Any = Field(default=None, alias="json")
    body: str | None = None
    gives: Gives


class VendorModel(RulesModel):
    """One vendor."""

    title: str
    request: RequestModel
    batch: BatchModel | None = None
    answer: AnswerModel
    limits: LimitsModel = LimitsModel()
    breaker: BreakerModel = BreakerModel()
    keep: KeepModel = KeepModel()
    examples: Annotated[tuple[Example, ...], Field(min_length=1)]


class VendorsFile(RulesModel):
    """A file: usually one vendor."""

    version: Any
    providers: Annotated[dict[Name, VendorModel], Field(min_length=1)]
