"""What silence does to a lead, and when: notices, back to nurture, disqualified, archived, on a list (rules B6.6)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

from leadline_runtime.core.lifecycle import Lifecycle, Stale
from leadline_runtime.core.values import dataclass, replace
from leadline_schemas.ids import derived_id
from leadline_schemas.vocabulary import Stage
from leadline_sla_monitor.core.course import DECIDED, Course, Entry, may_come_back
from leadline_sla_monitor.core.life import MOST_HEARD, MOST_WORKED, Life, Move

NOTICE, DONE = 1, 2
RECENT = timedelta(hours=1)  # what was over before was judged by the rules of then
UNRESPONSIVE = "unresponsive"


@dataclass(frozen=True, slots=True)
class Word:
    """Something to be told that moves no stage: a notice of silence, or that the lead stands on a quarter's list, or on
    none any more."""

    kind: str
    at: datetime
    action: str | None = None
    quiet_since: datetime | None = None
    quarter: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Silent:
    """The life after what silence did by now, what is to be told, and when to look again."""

    life: Life
    words: tuple[Word, ...] = ()
    look_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stillness:
    """A silence that began at `since`, and the stage into which it brings the lead once it is `due`."""

    lead: UUID
    to: Stage
    due: datetime
    since: datetime
    reason: str | None = None

    def move(self) -> Move:
        """What it does to the lead."""
        identity = derived_id("stale", self.lead, self.to, self.since)
        return Move(identity, self.due, self.to, "stale", reason=self.reason, since=self.since)


def silent(lead: UUID, life: Life, course: Course, rules: Lifecycle, now: datetime) -> Silent:
    """What silence did to a lead that is where `course` ends, one thing at a time: ask again with what it moved."""
    entry = course.now
    if entry is None or life.begun_at is None:
        return Silent(life)
    back = _back(lead, life, course, rules)
    if back is not life or entry.stage == "archived":
        return Silent(back) if back is not life else _listed(life, entry, rules, now)
    if entry.stage == "disqualified":
        at_once = entry.way == "stale" and entry.reason == UNRESPONSIVE
        due = entry.at if at_once else max(entry.at, life.begun_at) + rules.stale.archive_after
        return _moved(life, Stillness(lead, "archived", due, entry.at), now)
    found = Silent(life)
    if entry.stage in rules.stale.unresponsive:
        decided = [each.at for each in course.entries if each.way in DECIDED]
        judged = max(entry.at, now - RECENT)
        begun = _begun((life.begun_at, *life.acted, *decided), life, rules.stale.unresponsive_after, judged)
        due = begun + rules.stale.unresponsive_after
        found = _moved(life, Stillness(lead, "disqualified", due, begun, UNRESPONSIVE), now)
        if found.life is not life:
            return _sooner(lead, life, course, rules, now, due) or found
    if entry.stage in rules.stale.then:
        return _stale(lead, found, course, rules.stale, now)
    return found


def _stale(lead: UUID, so_far: Silent, course: Course, rules: Stale, now: datetime) -> Silent:
    life, entry = so_far.life, course.entries[-1]
    quiet = _latest(entry.at, life.begun_at, life.acted_at, life.worked_at)
    told = life.noticed[1] if life.noticed is not None and life.noticed[0] == quiet else 0
    action, due = rules.then[entry.stage], quiet + rules.after
    if action == "nurture":
        begun = _begun(_ends(life, course), life, rules.after, now - RECENT)
        if begun + rules.after <= now:
            return _moved(life, Stillness(lead, "nurture", begun + rules.after, begun), now)
        if begun < quiet:
            so_far = replace(so_far, look_at=_earlier(so_far.look_at, begun + rules.after))
    level, at, what = 0, due, ""
    if due <= now:
        level, what = DONE, action
    elif quiet + rules.notice_after <= now:
        level, at, what = NOTICE, quiet + rules.notice_after, "notice"
    words: tuple[Word, ...] = ()
    if level > told:
        life, told = replace(life, noticed=(quiet, level)), level
        words = (Word("stale", at, what, quiet),)
    nexts = {0: quiet + rules.notice_after, NOTICE: due}
    return Silent(life, words, _earlier(so_far.look_at, nexts.get(max(level, told))))


def _sooner(lead: UUID, life: Life, course: Course, rules: Lifecycle, now: datetime, due: datetime) -> Silent | None:
    """What the silence did to the lead before it was over for good, if that was not looked at in its time."""
    if course.entries[-1].stage not in rules.stale.then:
        return None
    found = _stale(lead, Silent(life), course, rules.stale, now)
    return found if found.life.moves is not life.moves and found.life.moves[-1].at < due else None


def _moved(life: Life, stillness: Stillness, now: datetime) -> Silent:
    if stillness.due > now:
        return Silent(life, look_at=stillness.due)
    move = stillness.move()
    if any(each.id == move.id for each in life.moves):  # it was void: somebody did something after all
        return Silent(life)
    return Silent(replace(life, moves=(*life.moves, move)))


def _begun(ends: Sequence[datetime], life: Life, after: timedelta, judged: datetime) -> datetime:
    """When the silence began that is to be judged: with the last of what `ends` one; or with what came before, if it
    was over after `judged`. What was done since is read before that is judged, and is no word in it all the same."""
    last = max(ends)
    if last <= judged or min(ends) + after >= last:
        return last
    # Between the oldest that is kept and what is older still, something may be that is not.
    kept = ((life.acted, MOST_HEARD), (life.worked, MOST_WORKED))
    known = max((acts[0] for acts, most in kept if len(acts) == most), default=min(ends))
    times = sorted(at for at in ends if at >= known)
    over = (one for one, following in pairwise(times) if judged < one + after < following)
    return next(over, last)


def _ends(life: Life, course: Course) -> list[datetime]:
    """What ends a silence in the stage: coming into it, and what was done since. A touch that accepted the lead was
    done in the stage before."""
    entry, before = course.entries[-1], course.entries[-2:-1]
    since = before[0].at if before and entry.way == "acting" else entry.at
    done = (entry.at, life.begun_at, *life.acted, *life.worked)
    return [since, *(at for at in done if at is not None and at > since)]


def _latest(first: datetime, *others: datetime | None) -> datetime:
    for at in others:
        if at is not None and at > first:
            first = at
    return first


def _back(lead: UUID, life: Life, course: Course, rules: Lifecycle) -> Life:
    """With what its own first act after it was archived did: it is a lead again, however late that is read."""
    for entry in course.entries:
        if entry.stage != "archived" or not may_come_back(entry, rules):
            continue
        at = next((at for at in life.acted if at > entry.at), None)
        if at is not None and (entry.left_at is None or at < entry.left_at):
            move = Move(derived_id("act", lead, at), at, "captured", "act")
            if all(move.id != each.id for each in life.moves):
                return replace(life, moves=(*life.moves, move))
    return life


def _listed(life: Life, entry: Entry, rules: Lifecycle, now: datetime) -> Silent:
    """On the list of each quarter, if it is worth it and may be written to; never anything else."""
    if life.grade is None or life.grade[0] not in rules.reactivated_grades or not life.reachable:
        return Silent(life)
    after = max(at for at in (entry.at, life.begun_at, life.listed_at) if at)
    due = first_monday(after)
    if due > now:
        return Silent(life, look_at=due)
    while (later := first_monday(due)) <= now:  # after an outage of a quarter only the newest list
        due = later
    word = Word("reactivation", due, quarter=quarter_of(due))
    return Silent(replace(life, listed_at=due), (word,), first_monday(due))


def first_monday(after: datetime) -> datetime:
    """The first Monday of a quarter that begins later, at midnight UTC."""
    year, month = after.year, (after.month - 1) // 3 * 3 + 1
    while True:
        first = datetime(year, month, 1, tzinfo=UTC)
        monday = first + timedelta(days=-first.weekday() % 7)
        if monday > after:
            return monday
        year, month = (year + 1, 1) if month == 10 else (year, month + 3)


def quarter_of(at: datetime) -> str:
    """As 2026-Q3."""
    return f"{at.year}-Q{(at.month - 1) // 3 + 1}"


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((each for each in (one, other) if each is not None), default=None)
