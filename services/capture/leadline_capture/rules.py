"""Capture's rules files: sources, identity, spam, and what sources, times and words are worth."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import Field

from leadline_capture.core.attribution import FIELDS, Channels
from leadline_capture.core.effective_time import Trusted
from leadline_capture.core.identity import KeyRules
from leadline_capture.core.lookalikes import Lookalikes
from leadline_capture.core.normalise import Words
from leadline_capture.core.receipt import CaptureTables, SourceRule
from leadline_capture.core.sources import SourceRules
from leadline_capture.core.spam import SpamRules
from leadline_capture.core.text import folded
from leadline_capture.duplicate_rules import FILE as DUPLICATES
from leadline_capture.duplicate_rules import build_lookalikes
from leadline_capture.rules_examples import (
    CaptureExample,
    KeyExample,
    SpamExample,
    check_capture,
    check_keys,
    check_spam,
)
from leadline_capture.source_rules import FILE as SOURCES
from leadline_capture.source_rules import FOLDER, all_sources
from leadline_runtime.core.conditions import compile_condition
from leadline_runtime.core.values import dataclass
from leadline_runtime.durations import Duration
from leadline_runtime.rules import RulesError, RulesModel, RulesSpec, parse
from leadline_schemas.vocabulary import Segment, Source

K = TypeVar("K")
CAPTURE, IDENTITY, SPAM = "capture.yaml", "identity.yaml", "spam.yaml"
Domain = Annotated[str, Field(pattern=r"^[a-z0-9.-]+\.[a-z0-9-]+$")]
CountryCode = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class IdentityFile(RulesModel):
    """rules/identity.yaml."""

    version: date | str
    weak_above_names: Annotated[int, Field(ge=1, le=100)]
    ignored_above_names: Annotated[int, Field(ge=1, le=1000)]
    hold_acts_for: Duration
    hold_consent_for: Duration
    role_addresses: frozenset[Annotated[str, Field(pattern=r"^[a-z0-9._-]+$")]]
    placeholder_ids: frozenset[Annotated[str, Field(pattern=r"^[a-z0-9_-]+$")]]
    examples: Annotated[tuple[KeyExample, ...], Field(min_length=1)]


class SpamFile(RulesModel):
    """rules/spam.yaml."""

    version: date | str
    domains: frozenset[Domain]
    fastest_form: Duration
    oldest_stamp: Duration
    examples: Annotated[tuple[SpamExample, ...], Field(min_length=1)]


class SourceEntry(RulesModel):
    """What one source is worth."""

    trust: Annotated[int, Field(ge=0, le=100)]
    segment: Segment
    channel: str


class BelievedTime(RulesModel):
    """Around its receipt, when an act's own time is believed."""

    before_receipt: Duration
    after_receipt: Duration


class ChannelEntry(RulesModel):
    """One row of the channel table."""

    channel: str
    when: dict[str, Any]


class CaptureFile(RulesModel):
    """rules/capture.yaml."""

    version: date | str
    sources: dict[Source, SourceEntry]
    public_trust: Annotated[int, Field(ge=0, le=100)]
    believed_time: BelievedTime
    type_window: Duration
    channels: tuple[ChannelEntry, ...]
    sites: dict[str, frozenset[str]]
    click_ids: dict[str, str]
    legal_suffixes: frozenset[str]
    countries: dict[CountryCode, frozenset[str]]
    timelines: dict[Annotated[int, Field(ge=0, le=120)], frozenset[str]]
    examples: Annotated[tuple[CaptureExample, ...], Field(min_length=1)]


@dataclass(frozen=True)
class CaptureRules:
    """The compiled rules: mappings of sources, and the tables for everything after them."""

    sources: SourceRules
    tables: CaptureTables


def build(contents: Mapping[str, Any]) -> CaptureRules:
    """All files, compiled, with their examples run. Raises RulesError."""
    identity = parse(IdentityFile, contents[IDENTITY], IDENTITY)
    spam = parse(SpamFile, contents[SPAM], SPAM)
    capture = parse(CaptureFile, contents[CAPTURE], CAPTURE)
    tables = _tables(capture, identity, spam, build_lookalikes(contents))
    check_keys(identity.examples, tables, IDENTITY)
    check_spam(spam.examples, tables, SPAM)
    check_capture(capture.examples, tables, CAPTURE)
    return CaptureRules(all_sources(contents), tables)


def _tables(capture: CaptureFile, identity: IdentityFile, spam: SpamFile, lookalikes: Lookalikes) -> CaptureTables:
    if missing := sorted(set(Source.__args__) - set(capture.sources)):  # type: ignore[attr-defined]
        wanted = f"says nothing of {', '.join(missing)}; give each trust, segment and channel"
        raise RulesError(CAPTURE, "sources", wanted)
    return CaptureTables(
        sources={name: SourceRule(entry.trust, entry.segment) for name, entry in capture.sources.items()},
        public_trust=capture.public_trust,
        trusted_time=Trusted(capture.believed_time.before_receipt, capture.believed_time.after_receipt),
        type_window=capture.type_window,
        held_for=identity.hold_acts_for,
        consent_held_for=identity.hold_consent_for,
        keys=KeyRules(identity.weak_above_names, identity.ignored_above_names, identity.placeholder_ids),
        words=Words(
            legal_suffixes=frozenset(folded(each) for each in capture.legal_suffixes),
            countries=_by_folded("countries", capture.countries),
            timelines=_by_folded("timelines", capture.timelines),
            roles=identity.role_addresses,
        ),
        spam=SpamRules(spam.domains, spam.fastest_form, spam.oldest_stamp),
        channels=_channels(capture),
        lookalikes=lookalikes,
    )


def _channels(capture: CaptureFile) -> Channels:
    table = tuple(
        (entry.channel, compile_condition(entry.when, FIELDS, CAPTURE, f"channels[{n}].when"))
        for n, entry in enumerate(capture.channels)
    )
    by_source = {name: entry.channel for name, entry in capture.sources.items()}
    sites = {host.lower(): kind for kind, hosts in capture.sites.items() for host in hosts}
    return Channels(table, by_source, sites, dict(capture.click_ids))


def _by_folded(path: str, groups: Mapping[K, frozenset[str]]) -> dict[str, K]:
    """From each of its words to the group. Raises RulesError if a word stands in two."""
    found: dict[str, K] = {}
    for group, words in groups.items():
        for word in words:
            if found.setdefault(folded(word), group) != group:
                raise RulesError(CAPTURE, path, f"has {word!r} under both {found[folded(word)]} and {group}")
    return found


FILES = (SOURCES, IDENTITY, SPAM, CAPTURE, DUPLICATES)
SPEC = RulesSpec(package="leadline_capture", files=FILES, folders=(FOLDER,), build=build)
