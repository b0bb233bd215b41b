"""Leads written one a line, with all that they were judged on, so that they can be judged again elsewhere."""

import sys
from collections import Counter
from uuid import UUID

from leadline_runtime.sql import Sql
from leadline_schemas.activity import Activity, ScoreOverride
from leadline_score.core.exact import instant, text
from leadline_score.rules_file import ActExample, OverrideExample
from leadline_score.score_commands.personal import personal_facts
from leadline_score.score_commands.recorded import Judged, judged_in, recorded_lead, recorded_pages, with_recorded
from leadline_score.written_leads import WrittenFit, WrittenLead, WrittenRequest

TELL_EVERY = 10_000  # leads


def export_one(lead_id: UUID, *, pii: bool) -> None:
    """One lead to stdout. Raises CommandError."""
    lead = written(with_recorded(lambda sql: recorded_lead(sql, lead_id)), pii=pii)
    print(line(lead))
    _tell(Counter(lead.left_out), Counter())


def export_all(*, pii: bool) -> None:
    """Every lead to stdout, as the pages are read; how many, and what is missing, to stderr. Raises CommandError."""

    async def work(sql: Sql) -> None:
        leads, facts, left_out = 0, Counter[str](), Counter[str]()
        async for page in recorded_pages(sql):
            for row in page:
                judged = judged_in(row)
                if isinstance(judged, str):
                    left_out[judged] += 1
                    continue
                lead = written(judged, pii=pii)
                print(line(lead))
                leads += 1
                facts.update(lead.left_out)
                if leads % TELL_EVERY == 0:
                    print(f"{leads:,} leads written", file=sys.stderr)
        print(f"{leads:,} leads written", file=sys.stderr)
        _tell(facts, left_out)

    with_recorded(work)


def _tell(facts: Counter[str], left_out: Counter[str]) -> None:
    for reason, leads in sorted(left_out.items()):
        print(f"{leads:,} left out: {reason}", file=sys.stderr)
    for fact, leads in sorted(facts.items()):
        print(f"{fact} is personal and left out of {leads:,}; --pii writes it", file=sys.stderr)


def line(lead: WrittenLead) -> str:
    """The lead as one line of JSON."""
    return lead.model_dump_json(exclude_defaults=True)


def written(judged: Judged, *, pii: bool) -> WrittenLead:
    """What a lead was judged on, in the form in which a person writes one down."""
    evidence = judged.evidence
    known = {name: value for name, value in evidence.known.items() if value is not None}
    hidden = () if pii else tuple(name for name in personal_facts() if name in known)
    return WrittenLead(
        lead_id=judged.lead_id,
        as_of=instant(judged.as_of),
        lead={name: value for name, value in known.items() if name not in hidden},
        acts=tuple(_act(act, pii=pii) for act in evidence.acts),
        requests=tuple(WrittenRequest(type=each.type, at=each.start) for each in evidence.requests),
        fits=tuple(WrittenFit(at=instant(at), fit=text(fit)) for at, fit in evidence.fits),
        truncated=evidence.truncated,
        withheld=evidence.withheld,
        left_out=hidden,
        learned=evidence.learned,
    )


def _act(act: Activity, *, pii: bool) -> ActExample:
    return ActExample(
        id=act.id,
        kind=act.kind,
        request=act.request_type,
        tag=act.tag,
        name=act.name,
        reason=act.reason,
        purpose=act.purpose,
        channel=act.channel,
        direction=act.direction,
        to=act.to,
        source=act.source,
        automated=act.automated,
        override=_override(act.override, pii=pii) if act.override else None,
        at=act.occurred_at,
    )


def _override(told: ScoreOverride, *, pii: bool) -> OverrideExample:
    said = {"reason": told.reason} if pii else {}  # why somebody did it may speak of a person
    return OverrideExample(
        target=told.target,
        veto=told.veto,
        value=told.value,
        author=told.author,
        expires_at=told.expires_at,
        **said,
    )
