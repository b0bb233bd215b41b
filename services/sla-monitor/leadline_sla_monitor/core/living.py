"""What follows for the stages of a lead from all that is known of it now: silence, the fold, what is told."""

from datetime import datetime, timedelta
from uuid import UUID

from leadline_runtime.core.lifecycle import Lifecycle
from leadline_runtime.core.values import dataclass, replace
from leadline_schemas.ids import derived_id
from leadline_schemas.vocabulary import StageKind, WhyNotApplied
from leadline_sla_monitor.core.advance import Now
from leadline_sla_monitor.core.course import Course, Entry, Judged, course, order, shortened
from leadline_sla_monitor.core.known import Known
from leadline_sla_monitor.core.life import APPLIED, Life, Move
from leadline_sla_monitor.core.silence import Silent, Word, silent

SAID = frozenset({"command", "deal"})  # by somebody, who is to hear that it was not applied


@dataclass(frozen=True, slots=True)
class StageChange:
    """One thing to be told of a lead's stages: of a move as it was judged, or a word."""

    kind: StageKind
    id: UUID
    at: datetime
    judged: Judged | None = None
    why: WhyNotApplied | None = None
    word: Word | None = None
    supersedes: UUID | None = None


@dataclass(frozen=True, slots=True)
class Lived:
    """The life after it, its course, what is to be told in order, and when to look again."""

    life: Life
    course: Course
    changes: tuple[StageChange, ...] = ()
    look_at: datetime | None = None


def living(lead: UUID, known: Known, rules: Lifecycle, now: Now) -> Lived:
    """Let silence do what it does, fold, and say what is new. A lead that is none of its own has no stages."""
    life, gone = _without_gone(lead, known.life, rules)
    if known.over is not None or known.quarantined or life.begun_at is None:
        return _off_list(lead, known, now.at) if known.life.off_list else Lived(known.life, Course())
    found = course(lead, life, known.acts, known.routings, rules)
    silence = silent(lead, life, found, rules, _read_up_to(now))
    words = silence.words
    while silence.life.moves is not life.moves:
        life = silence.life
        found = course(lead, life, known.acts, known.routings, rules)
        silence = silent(lead, life, found, rules, _read_up_to(now))
        words += silence.words
    life, changes = _told(lead, silence.life, found)
    said = tuple(StageChange(_kind(w), derived_id("stage", lead, w.kind, w.action, w.at), w.at, word=w) for w in words)
    return Lived(shortened(life, found), found, (*gone, *changes, *said), _look(silence, now.grace))


def _off_list(lead: UUID, known: Known, now: datetime) -> Lived:
    """Who looks through a list of archived leads is not to find one there that is another's, or nobody's."""
    life, since = known.life, known.life.off_list
    if known.over is None or since is None:  # it is one again, or kept apart for now
        return Lived(life, Course())
    word = Word("delisted", now, reason=known.over)
    told = StageChange("delisted", derived_id("stage", lead, "delisted", now), now, word=word)
    return Lived(replace(life, off_list=None), Course((Entry(lead, "archived", since),)), (told,))


def _without_gone(lead: UUID, life: Life, rules: Lifecycle) -> tuple[Life, tuple[StageChange, ...]]:
    """What was told of moves that have gone with another lead is taken back."""
    if not life.left:
        return life, ()
    gone = [
        Judged(move, move.found[0] if move.found else "captured", move.to or rules.lost_to(move.reason), "unmerged")
        for move in sorted(life.left, key=order)
    ]
    return replace(life, left=()), tuple([_reverted(lead, each) for each in gone])


def _read_up_to(now: Now) -> datetime:
    """Silence is judged like a verdict: once everything said until then is read, or after the grace."""
    after_grace = now.at - now.grace
    return after_grace if now.horizon is None else max(after_grace, min(now.at, now.horizon))


def _look(silence: Silent, grace: timedelta) -> datetime | None:
    return silence.look_at + grace if silence.look_at is not None else None


def _kind(word: Word) -> StageKind:
    return "reactivation" if word.kind == "reactivation" else "stale"


def _told(lead: UUID, life: Life, found: Course) -> tuple[Life, tuple[StageChange, ...]]:
    """The moves with what is told of them by now, and what is new of that."""
    changes: list[StageChange] = []
    moves: list[Move] = []
    for each in found.judged:
        new = _changes(lead, each)
        changes += new
        moves.append(_after(each, len(new)))
    acting = [move for move in life.moves if move.way == "acting"]
    used = {each.move.id for each in found.judged} if acting else ()
    for move in acting:
        if move.id not in used and not move.told:  # it came with a part, and is told nothing of here
            moves.append(move)
        elif move.id not in used:  # an earlier touch accepted it, or nothing was to be accepted
            # Nobody else's either: it reached nobody after all (it bounced).
            why: WhyNotApplied = "known_otherwise" if found.now is None or found.now.stage == "MQL" else "already"
            gone, told = Judged(move, "MQL", "SAL", why), move.told == APPLIED
            changes += [_reverted(lead, gone)] if told else []
            # Kept: if it accepts once more, that is another word.
            moves.append(replace(move, told=gone.why or "", turn=move.turn + told, found=None))
    moves.sort(key=order)
    if not changes and moves == sorted(life.moves, key=order):
        return life, ()
    return replace(life, moves=tuple(moves)), tuple(changes)


def _changes(lead: UUID, judged: Judged) -> tuple[StageChange, ...]:
    move, why = judged.move, judged.why
    if why is None and move.told != APPLIED:
        return (StageChange("applied", _event(lead, move, move.turn), move.at, judged),)
    if why is not None and move.told == APPLIED:
        return (_reverted(lead, judged),)
    if why is not None and move.told == "" and move.way in SAID and move.origin is None:
        return (StageChange("not_applied", _event(lead, move, move.turn), move.at, judged, why),)
    return ()


def _reverted(lead: UUID, judged: Judged) -> StageChange:
    move = judged.move
    told = _event(lead, move, move.turn - 1)
    return StageChange("reverted", _event(lead, move, move.turn), move.at, judged, judged.why, supersedes=told)


def _after(judged: Judged, told: int) -> Move:
    move, said = judged.move, APPLIED if judged.why is None else judged.why
    found = (judged.before, judged.confirmed)
    if told or (move.told == said and move.found != found):
        return replace(move, told=said, turn=move.turn + told, found=found)
    return move


def _event(lead: UUID, move: Move, turn: int) -> UUID:
    return derived_id("stage", lead, move.id, turn)
