"""A source's mapping, compiled: what rules/sources.yaml says, as values that the pure mapping walks."""

from collections.abc import Callable, Mapping
from datetime import UTC, timedelta, tzinfo
from typing import Any, Literal

from leadline_capture.core.addresses import Network
from leadline_capture.core.handshakes import Handshake
from leadline_capture.core.pointers import Fetch, Pointer
from leadline_capture.core.proofs import Proof
from leadline_capture.core.redirects import Redirect
from leadline_capture.core.stamps import StampRule
from leadline_capture.core.surroundings import Expression
from leadline_runtime.core.json_reader import Read
from leadline_runtime.core.values import dataclass
from leadline_schemas.payloads import ActivityPayload, ConsentSubmission, LeadPayload
from leadline_schemas.vocabulary import ConsentChannel, ConsentPurpose

FieldKind = Literal["text", "whole_number", "ticked", "instant", "object", "amount"]
Decode = Callable[[bytes, str], Read]


@dataclass(frozen=True, slots=True)
class Lookup:
    """A closed table from what a vendor calls it to what we call it; names are compared without case."""

    names: Mapping[str, Any]
    otherwise: Any = None


@dataclass(frozen=True, slots=True)
class FieldRule:
    """Where one field of the payload comes from and what kind of value it needs."""

    path: tuple[str, ...]
    kind: FieldKind
    expression: Expression
    lookup: Lookup | None = None
    times: tuple[str, ...] = ("rfc3339",)
    first: bool = False
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class ConsentRule:
    """Which box or field says something about consent, for which purpose and channel."""

    expression: Expression
    purpose: ConsentPurpose
    channel: ConsentChannel
    states: Lookup | None = None
    text_version: str | None = None


@dataclass(frozen=True, slots=True)
class ItemMap:
    """How the items of a body become payloads of one kind. `when_sees_let`: the condition asks for a value of `let`,
    which is then made for every item; mostly it is only made for those that are taken."""

    makes: Literal["lead", "activity", "pointer"]
    items: Expression
    when: Expression | None
    let: tuple[tuple[str, Expression], ...]
    fields: tuple[FieldRule, ...]
    consent: tuple[ConsentRule, ...] = ()
    test: Expression | None = None
    when_sees_let: bool = False
    own_id: Expression | None = None
    fetch: Fetch | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """One source: how it authenticates, what it sends, what becomes of it. One of the `proofs` is enough.

    `addresses`: from where it may send; empty: from anywhere. `methods`: POST, and GET for what comes as a query.
    `answer`: the status for what is stored; some vendors take nothing but 200 for success.
    """

    name: str
    channel: str
    proofs: tuple[Proof, ...]
    trusted: bool
    decoders: Mapping[str, Decode]
    maps: tuple[ItemMap, ...]
    own_id: Expression | None = None
    own_id_header: str | None = None
    test: Expression | None = None
    zone: tzinfo = UTC
    redirect: Redirect | None = None
    charset_field: str | None = None
    stamp: StampRule | None = None
    repeats_within: timedelta | None = None
    handshakes: tuple[Handshake, ...] = ()
    addresses: tuple[Network, ...] = ()
    methods: frozenset[str] = frozenset({"POST"})
    answer: int = 202

    @property
    def fetches(self) -> tuple[Fetch, ...]:
        """How its pointers are fetched."""
        return tuple(one.fetch for one in self.maps if one.fetch is not None)

    @property
    def is_public(self) -> bool:
        """Whether its forms may come by a publishable key: it asks for no other proof."""
        return all(proof.kind in ("none", "publishable_key") for proof in self.proofs)

    @property
    def hidden(self) -> frozenset[str]:
        """The query parameters that are secrets: never stored, never seen by a mapping."""
        return frozenset(proof.parameter for proof in self.proofs if proof.parameter is not None)


@dataclass(frozen=True, slots=True)
class SourceRules:
    """All sources by name."""

    sources: Mapping[str, Source]


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a submission says: payloads, what was odd about it, and whether it is test traffic."""

    leads: tuple[LeadPayload, ...] = ()
    activities: tuple[ActivityPayload, ...] = ()
    pointers: tuple[Pointer, ...] = ()
    notes: tuple[str, ...] = ()
    test: bool = False
    consents: tuple[ConsentSubmission, ...] = ()
