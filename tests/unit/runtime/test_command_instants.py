"""Instants as people write them: how long ago, a day, an instant; anything else is a sentence and no trace."""

import pytest

from leadline_runtime.command_errors import USAGE, CommandError
from leadline_runtime.command_instants import instant_in
from tests.support.golden import instant

NOW = instant("2026-03-12T15:00:00Z")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("now", "2026-03-12T15:00:00Z"),
        ("7d", "2026-03-05T15:00:00Z"),
        ("36h", "2026-03-11T03:00:00Z"),
        ("2026-03-01", "2026-03-01T00:00:00Z"),
        ("2026-03-01T10:00:00", "2026-03-01T10:00:00Z"),
        ("2026-03-01T10:00:00-05:00", "2026-03-01T15:00:00Z"),
    ],
)
def test_what_is_meant(written: str, meant: str) -> None:
    assert instant_in(written, "--since", NOW) == instant(meant)


@pytest.mark.parametrize("written", ["yesterday", "", "7 weeks", "2026-02-30", "9999999d", "0001-01-01T00:00:00+10:00"])
def test_what_is_no_instant_is_said_so(written: str) -> None:
    with pytest.raises(CommandError, match=r"--since .* is no instant") as caught:
        instant_in(written, "--since", NOW)
    assert caught.value.exit_code == USAGE
