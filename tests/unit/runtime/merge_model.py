"""Merge and unmerge (loop, section 7) as a model small enough to look at every state.

Capture's part is a script: what it wrote, in which order. A step reads it in any order that Kafka allows: snapshots of
one lead in any order (an older one is dropped), facts of one lead in theirs, messages as they come; and it may judge an
unanswered cycle at any moment. `Rules` are what the protocol stands on; each can be taken out.
"""

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

MOST_HOPS = 8


@dataclass(frozen=True, slots=True)
class Rules:
    """What the protocol stands on."""

    moves_all: bool = True  # a tombstone gives away what it holds, in the same transaction
    lets_go: bool = True  # ... and holds it no longer
    cycle_only_by_message: bool = True  # a cycle that another lead began is never taken up from a snapshot
    begun_once: bool = True  # a lead remembers which requests it began, also after giving them away
    told_under: bool = True  # a request made while its origin was an alias is begun by the root it was told under
    forwards: bool = True  # what comes for a tombstone goes to its root
    sends_back: bool = True  # what belongs to an origin that left goes back to it
    waits_for_snapshot: bool = True  # nothing is sent back on an older snapshot than the sender knew
    stale_keeps: bool = True  # what is sent back to a tombstone older than that parting stays there until it is read
    parting_travels: bool = True  # what is sent back and then forwarded still says whom it left
    one_owner: bool = True  # of two owners the older assignment stays, the other is let go


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`lead.captured`. `requests`: (id, origin, the lead that begins it)."""

    lead: str
    revision: int
    aliases: str = ""
    into: tuple[str, int] | None = None
    requests: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Fact:
    """An act of `lead.activity`. `at`: the lead's revision when it was told; `answers`: a cycle."""

    lead: str
    id: str
    origin: str
    at: int
    answers: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Thing:
    """A cycle or an act in somebody's hands. `named`: from which revision on the holder must list its origin."""

    id: str
    origin: str
    named: int = 0
    status: str = ""  # of a cycle: open, met, breached, retracted; empty: it is an act
    answers: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """To a lead that lists the origins from its `revision` on. `left`: whom the origins left, at which revision."""

    to: str
    revision: int
    things: frozenset[Thing]
    left: tuple[str, int] | None = None
    owner: int = 0
    hops: int = 0


@dataclass(frozen=True, slots=True)
class Lead:
    """One lead in the step's state. `owner`: the number of its assignment, the older the smaller; 0: none."""

    revision: int = 0
    aliases: str = ""
    into: tuple[str, int] | None = None
    begun: frozenset[str] = frozenset()
    things: frozenset[Thing] = frozenset()
    owner: int = 0


@dataclass(frozen=True, slots=True)
class World:
    """Everything: what is yet to be read, the leads, messages on their way, what was told of cycles."""

    snapshots: frozenset[Snapshot]
    facts: tuple[tuple[Fact, ...], ...]
    leads: tuple[tuple[str, Lead], ...]
    messages: frozenset[Message] = frozenset()
    told: tuple[str, ...] = ()
    assignments: int = 0
    owned: int = 0  # members' open leads

    def lead(self, name: str) -> Lead:
        """One lead."""
        return dict(self.leads)[name]

    def with_lead(self, name: str, lead: Lead) -> "World":
        """With one lead changed."""
        return replace(self, leads=tuple((n, lead if n == name else old) for n, old in self.leads))


@dataclass(frozen=True, slots=True)
class Script:
    """What capture wrote. `roots`: where each origin belongs in the end; `answered`: cycles with an answer in time."""

    records: tuple[Snapshot | Fact, ...]
    roots: dict[str, str]
    answered: frozenset[str] = frozenset()


def start(script: Script) -> World:
    """Nothing is read yet."""
    names = sorted(script.roots)
    facts = tuple(tuple(r for r in script.records if isinstance(r, Fact) and r.lead == name) for name in names)
    snapshots = frozenset(r for r in script.records if isinstance(r, Snapshot))
    return World(snapshots, facts, tuple((name, Lead()) for name in names))


def explore(script: Script, rules: Rules) -> tuple[int, str]:
    """Visit every world; gives how many, and the first violation in words (empty: none)."""
    first = start(script)
    visited, waiting = {first}, deque([first])
    while waiting:
        world = waiting.popleft()
        after = list(successors(world, rules))
        if told := violation(world, script, at_rest=not after):
            return len(visited), told
        for each in after:
            if each not in visited:
                visited.add(each)
                waiting.append(each)
    return len(visited), ""


def violation(world: World, script: Script, *, at_rest: bool) -> str:
    """What is wrong with this world, if anything."""
    places = Counter(t.id for _, lead in world.leads for t in lead.things if t.status)
    places.update(t.id for m in world.messages for t in m.things if t.status)
    begun = {each for _, lead in world.leads for each in lead.begun}
    for cycle in begun:
        if places[cycle] != 1:
            return f"cycle {cycle} has {places[cycle]} custodians"
    for what, times in Counter(world.told).items():
        if times > 1:
            return f"told {times} times: {what}"
    if any(message.hops > MOST_HOPS for message in world.messages):
        return "a message goes to and fro for ever"
    if sum(lead.owner != 0 for _, lead in world.leads) != world.owned:
        return f"{world.owned} leads are counted as owned"
    return _at_rest(world, script) if at_rest else ""


def _at_rest(world: World, script: Script) -> str:
    requests = {r for s in script.records if isinstance(s, Snapshot) for r in s.requests}
    held = {t.id: (name, t.status) for name, lead in world.leads for t in lead.things}
    for fact in (r for r in script.records if isinstance(r, Fact)):
        times = sum(t.id == fact.id for _, lead in world.leads for t in lead.things)
        if times != 1 or held[fact.id][0] != script.roots[fact.origin]:
            return f"act {fact.id} is held {times} times, by {held.get(fact.id)}"
    for cycle, origin, _ in requests:
        place, status = held.get(cycle, ("nobody", ""))
        right = ("met", "retracted") if cycle in script.answered else ("breached",)
        if place != script.roots[origin] or status not in right:
            return f"cycle {cycle} ends as {status!r} with {place}"
    for name, lead in world.leads:
        live = script.roots[name] == name
        if live != (lead.owner != 0):
            return f"{name} has owner {lead.owner}"
    return ""


def successors(world: World, rules: Rules) -> Iterator[World]:
    """Every world one transaction later."""
    for snapshot in world.snapshots:
        yield settled(reads(replace(world, snapshots=world.snapshots - {snapshot}), snapshot, rules))
    for n, (fact, *rest) in ((n, facts) for n, facts in enumerate(world.facts) if facts):
        facts = (*world.facts[:n], tuple(rest), *world.facts[n + 1 :])
        thing = Thing(fact.id, fact.origin, fact.at, answers=fact.answers)
        # A fact from the topic itself knows what its writer knew: the lead's revision, not that of another.
        arrived = Message(fact.lead, fact.at, frozenset({thing}))
        yield settled(takes(replace(world, facts=facts), arrived, rules))
    for message in world.messages:
        yield settled(takes(replace(world, messages=world.messages - {message}), message, rules))
    for name, lead in world.leads:
        yield from by_itself(world, name, lead)


def by_itself(world: World, name: str, lead: Lead) -> Iterator[World]:
    """A verdict, given at any moment; routing of a lead without an owner."""
    if lead.into is not None or not lead.revision:
        return
    for thing in lead.things:
        if thing.status == "open":
            broken = replace(lead, things=lead.things - {thing} | {replace(thing, status="breached")})
            yield replace(world.with_lead(name, broken), told=(*world.told, f"breach {thing.id}"))
    if not lead.owner:
        number = world.assignments + 1
        given = world.with_lead(name, replace(lead, owner=number))
        yield replace(given, assignments=number, owned=world.owned + 1)


def reads(world: World, snapshot: Snapshot, rules: Rules) -> World:
    """A snapshot is read by its lead."""
    name, lead = snapshot.lead, world.lead(snapshot.lead)
    if snapshot.revision <= lead.revision:
        return world
    begins = [
        (cycle, origin) for cycle, origin, by in snapshot.requests
        if (name == (by if rules.told_under else origin) or (not rules.cycle_only_by_message and not snapshot.into))
        and (not rules.begun_once or cycle not in lead.begun) and all(t.id != cycle for t in lead.things)
    ]  # fmt: skip
    lead = Lead(
        snapshot.revision,
        snapshot.aliases,
        snapshot.into,
        lead.begun | {cycle for cycle, _ in begins},
        lead.things | {Thing(cycle, origin, snapshot.revision, "open") for cycle, origin in begins},
        lead.owner,
    )
    if snapshot.into is not None:
        return tombstone(world, name, lead, rules)
    return returned(world.with_lead(name, lead), name, rules)


def tombstone(world: World, name: str, lead: Lead, rules: Rules) -> World:
    """The lead became part of another: all it holds goes there, its member is released."""
    assert lead.into is not None
    root, revision = lead.into
    after = replace(lead, owner=0, things=frozenset() if rules.lets_go else lead.things)
    world = replace(world.with_lead(name, after), owned=world.owned - bool(lead.owner))
    if not rules.moves_all:
        return world
    moved = Message(root, revision, frozenset(replace(t, named=revision) for t in lead.things), owner=lead.owner)
    return replace(world, messages=world.messages | {moved})


def returned(world: World, name: str, rules: Rules) -> World:
    """What belongs to an origin that is not part of the lead goes back, unless the lead has yet to hear of it."""
    lead = world.lead(name)
    mine = {name, *lead.aliases}
    gone = {
        t for t in lead.things
        if t.origin not in mine and (t.named <= lead.revision or not rules.waits_for_snapshot)
    }  # fmt: skip
    if not rules.sends_back or not gone or not lead.revision:
        return world
    world = world.with_lead(name, replace(lead, things=lead.things - gone))
    sent = {
        Message(origin, 0, frozenset(t for t in gone if t.origin == origin), left=(name, lead.revision))
        for origin in {t.origin for t in gone}
    }
    return replace(world, messages=world.messages | sent)


def takes(world: World, message: Message, rules: Rules) -> World:
    """A message, or a fact from its topic, is read by the lead it names."""
    name, lead = message.to, world.lead(message.to)
    left = message.left
    stale = left is not None and lead.into is not None and lead.into[0] == left[0] and lead.into[1] <= left[1]
    if lead.into is not None and not (stale and rules.stale_keeps):
        if not rules.forwards:
            return world
        root, revision = lead.into
        things = frozenset(replace(t, named=revision) for t in message.things)
        still = left if rules.parting_travels else None
        onward = Message(root, revision, things, still, owner=message.owner, hops=message.hops + 1)
        return replace(world, messages=world.messages | {onward})
    owner, owned = lead.owner, world.owned
    if message.owner:
        owned += not lead.owner or not rules.one_owner
        owner = min(filter(None, (lead.owner, message.owner)))
    after = world.with_lead(name, replace(lead, things=lead.things | message.things, owner=owner))
    before = after.messages
    after = replace(after, owned=owned) if stale else returned(replace(after, owned=owned), name, rules)
    # Hops are counted on, so that going to and fro for ever is seen.
    new = {replace(m, hops=message.hops + 1) for m in after.messages - before}
    return replace(after, messages=before | new)


def settled(world: World) -> World:
    """Every cycle that its holder's acts answer is met, or its breach is taken back."""
    for name, holder in world.leads:
        answered = {t.answers for t in holder.things if t.answers}
        for thing in holder.things:
            if thing.id in answered and thing.status in ("open", "breached") and holder.into is None:
                status = "met" if thing.status == "open" else "retracted"
                lead = world.lead(name)
                lead = replace(lead, things=lead.things - {thing} | {replace(thing, status=status)})
                told = (*world.told, f"retraction {thing.id}") if status == "retracted" else world.told
                world = replace(world.with_lead(name, lead), told=told)
    return world
