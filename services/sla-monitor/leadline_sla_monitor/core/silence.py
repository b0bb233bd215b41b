"""What silence does to a lead, and when: notices, back to nurture, disqualified, archived, on a list (rules B6.6)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from leadline_runtime.core.lifecycle import Lifecycle, Stale
from leadline_runtime.core.values import dataclass, replace
from leadline_schemas.ids import derived_id
from leadline_schemas.vocabulary import Stage
from leadline_sla_monitor.core.course import DECIDED, Course, Entry, may_come_back
from leadline_sla_monitor.core.life import Life, Move

NOTICE, DONE = 1, 2
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
        heard = _latest(life.begun_at, life.acted_at, _decided(course))
        due = heard + rules.stale.unresponsive_after
        found = _moved(life, Stillness(lead, "disqualified", due, heard, UNRESPONSIVE), now)
        if found.life is not life:
            return found
    if entry.stage in rules.stale.then:
        return _stale(lead, found, entry, rules.stale, now)
    return found


def _stale(lead: UUID, so_far: Silent, entry: Entry, rules: Stale, now: datetime) -> Silent:
    life = so_far.life
    quiet = _latest(entry.at, life.begun_at, life.acted_at, life.worked_at)
    told = life.noticed[1] if life.noticed is not None and life.noticed[0] == quiet else 0
    action, due = rules.then[entry.stage], quiet + rules.after
    if due <= now and action == "nurture":
        return _moved(life, Stillness(lead, "nurture", due, quiet), now)
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


def _moved(life: Life, stillness: Stillness, now: datetime) -> Silent:
    if stillness.due > now:
        return Silent(life, look_at=stillness.due)
    move = stillness.move()
    if any(each.id == move.id for each in life.moves):  # it was void: somebody did something after all
        return Silent(life)
    return Silent(replace(life, moves=(*life.moves, move)))


def _latest(first: datetime, *others: datetime | None) -> datetime:
    for at in others:
        if at is not None and at > first:
            first = at
    return first


def _decided(course: Course) -> datetime | None:
    return max((each.at for each in course.entries if each.way in DECIDED), default=None)


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
