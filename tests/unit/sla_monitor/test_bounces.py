"""Mails that bounced answer nothing (rules B5.4), and hundreds of them cost no more than one look."""

import pytest

from leadline_sla_monitor.core import acts
from leadline_sla_monitor.core.acts import Act, answering
from tests.support.forms_compared import put_into
from tests.support.golden import instant
from tests.support.sla_story import MINUTE, named

START = instant("2026-03-10T14:00:00Z")


def mails(number: int) -> tuple[Act, ...]:
    """So many mails of a person; all but the last bounce a minute later."""
    found: list[Act] = []
    for n in range(number):
        at = START + 2 * n * MINUTE
        found.append(Act(named(f"mail {n}"), "email.sent", at, "ana", ("email", "touch", "ack"), f"m{n}"))
        if n < number - 1:
            found.append(Act(named(f"bounce {n}"), "email.bounced", at + MINUTE, message=f"m{n}"))
    return tuple(found)


@put_into("leadline_sla_monitor")
def test_which_mails_bounced_is_found_out_once_for_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    looks, bounced = list[int](), acts._bounced

    def counted(found: tuple[Act, ...], bounces: list[Act]) -> frozenset[object]:
        looks.append(len(bounces))
        return bounced(found, bounces)

    monkeypatch.setattr(acts, "_bounced", counted)
    assert [each.id for each in answering(mails(20))] == [named("mail 19")]
    assert looks == [19]
