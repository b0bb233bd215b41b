"""The loop as a model small enough to look at every state: one lane, two instances, and whatever can go wrong.

An instance claims, decides and commits, publishes, in steps that anything may come between: a crash, a rebalance, a
lost answer to COMMIT, a late claim by an instance that is no longer assigned. The lock on the lane's row makes the
transaction one step, at its COMMIT; publishing is one step an event. `Rules` are what the protocol stands on; each can
be taken out.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

# Two input topics: a fact, a fact repeated, another fact; the first also sets an alarm that adds an event of its own.
INPUTS: tuple[tuple[str, ...], tuple[str, ...]] = (("a", "a"), ("b",))
Events = tuple[tuple[int, str], ...]  # (revision, cause)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the protocol stands on."""

    publish_at_claim: bool = True
    owner_check: bool = True
    frames: bool = True
    doubt_is_a_claim: bool = True
    kafka_before_commit: bool = True  # a batch may be decided while the one before is published, but not committed


@dataclass(frozen=True, slots=True)
class Instance:
    """A process: what it believes, what it has yet to publish."""

    doing: str = "idle"  # idle, wants (to claim), repeats (publishes the outbox), ready, publishes
    at: tuple[int, int] = (0, 0)
    frame: Events = ()


@dataclass(frozen=True, slots=True)
class World:
    """Everything: what PostgreSQL and Kafka hold, the two instances, the mishaps left."""

    owner: int = -1  # whose token the lane holds; a reborn instance has none until it claims
    seen: frozenset[str] = frozenset()
    revision: int = 0
    alarm: bool = False
    positions: tuple[int, int] = (0, 0)
    outbox: Events = ()
    kafka: Events = ()
    instances: tuple[Instance, Instance] = (Instance("wants"), Instance())
    assigned: int = 0
    crashes: int = 1
    rebalances: int = 1
    lost_answers: int = 1


def explore(rules: Rules, start: World = World()) -> tuple[int, str]:
    """Visit every world reachable from `start`; gives how many, and the first violation in words (empty: none)."""
    visited, waiting = {start}, deque([start])
    while waiting:
        world = waiting.popleft()
        told = violation(world, rules)
        if told:
            return len(visited), told
        for after in successors(world, rules):
            if after not in visited:
                visited.add(after)
                waiting.append(after)
    return len(visited), ""


def violation(world: World, rules: Rules) -> str:
    """What is wrong with this world, if anything."""
    first: dict[int, str] = {}
    for revision, cause in world.kafka:
        if revision in first:
            if first[revision] != cause:
                return f"two events with revision {revision}: {first[revision]} and {cause}"
        elif revision != len(first) + 1:
            return f"revision {revision} appeared before {len(first) + 1}"
        else:
            first[revision] = cause
    if at_rest(world, rules):
        told = set(first.values())
        if told != {"a", "b", "alarm"}:
            return f"at rest, and lost: {sorted({'a', 'b', 'alarm'} - told)}"
    return ""


def at_rest(world: World, rules: Rules) -> bool:
    """The assigned instance owns the lane and has nothing left to do."""
    me = world.instances[world.assigned]
    read = all(at == len(topic) for at, topic in zip(me.at, INPUTS, strict=True))
    owns = world.owner == world.assigned or not rules.owner_check
    return me.doing == "ready" and owns and read and not world.alarm


def successors(world: World, rules: Rules) -> Iterator[World]:
    """Every world one step later."""
    for n in (0, 1):
        yield from steps(world, n, rules)
        me = world.instances[n]
        if world.crashes and me.doing != "idle":
            reborn = Instance("wants" if world.assigned == n else "idle")
            yield replace(put(world, n, reborn), crashes=world.crashes - 1)
    if world.rebalances:
        other = 1 - world.assigned
        claiming = put(world, other, replace(world.instances[other], doing="wants", frame=()))
        yield replace(claiming, assigned=other, rebalances=world.rebalances - 1)


def steps(world: World, n: int, rules: Rules) -> Iterator[World]:
    """What instance n itself may do next."""
    me = world.instances[n]
    if me.doing == "wants":
        frame = world.outbox if rules.publish_at_claim else ()
        claimed = Instance("repeats" if frame else "ready", world.positions, frame)
        yield replace(put(world, n, claimed), owner=n)
    elif me.doing in ("repeats", "publishes"):
        rest = replace(me, frame=me.frame[1:], doing=me.doing if me.frame[1:] else "ready")
        yield replace(put(world, n, rest), kafka=(*world.kafka, me.frame[0]))
        if me.doing == "publishes" and world.owner == n and not rules.kafka_before_commit:
            yield from batches(world, n, rules)
    elif me.doing == "ready":
        if rules.owner_check and world.owner != n:
            yield put(world, n, replace(me, doing="wants" if world.assigned == n else "idle"))
            return
        yield from batches(world, n, rules)


def batches(world: World, n: int, rules: Rules) -> Iterator[World]:
    """One transaction of instance n: a record of either topic, or the alarm, decided and committed."""
    me = world.instances[n]
    items = [(topic, INPUTS[topic][me.at[topic]]) for topic in (0, 1) if me.at[topic] < len(INPUTS[topic])]
    for topic, item in [*items, *([(-1, "alarm")] if world.alarm else [])]:
        at = tuple(p + (t == topic) for t, p in enumerate(me.at))
        made: Events = () if item in world.seen else ((world.revision + 1, item),)
        committed = replace(
            world,
            seen=world.seen | {item},
            revision=world.revision + len(made),
            alarm=(world.alarm or (item == "a" and item not in world.seen)) and item != "alarm",
            positions=(at[0], at[1]),
            outbox=made if rules.frames else (),
        )
        unpublished = (*me.frame, *made)
        done = replace(me, doing="publishes" if unpublished else "ready", at=(at[0], at[1]), frame=unpublished)
        yield put(committed, n, done)
        if world.lost_answers:
            doubting = replace(me, doing="wants" if rules.doubt_is_a_claim else "ready")
            yield replace(put(committed, n, doubting), lost_answers=world.lost_answers - 1)


def put(world: World, n: int, instance: Instance) -> World:
    """The world with another instance n."""
    pair = (instance, world.instances[1]) if n == 0 else (world.instances[0], instance)
    return replace(world, instances=pair)
