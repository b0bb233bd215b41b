"""The compiled form of the monitor's core tells and keeps of each lead what the sources do, to the byte."""

import pytest

from leadline_local.compiled import forms
from tests.support.forms_compared import said_otherwise

LEADS, SEED = 300, 20260310


@pytest.mark.skipif(forms.current() is None, reason="no compiled form of these sources: `make compile` makes it")
def test_both_forms_tell_and_keep_the_same_of_thousands_of_decisions() -> None:
    others = said_otherwise("tests.support.told_clocks", LEADS, SEED)
    assert not others, f"leads {others[:10]} of seed {SEED} are told of otherwise when compiled"
