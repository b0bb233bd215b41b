"""The compiled form of score's core says of each lead what the sources say, to the byte."""

import pytest

from leadline_local.compiled import forms
from tests.support.forms_compared import said_otherwise

LEADS, SEED = 2000, 20260105


@pytest.mark.skipif(forms.current() is None, reason="no compiled form of these sources: `make compile` makes it")
def test_both_forms_say_and_keep_the_same_of_thousands_of_decisions() -> None:
    others = said_otherwise("tests.support.judged_leads", LEADS, SEED)
    assert not others, f"leads {others[:10]} of seed {SEED} are judged otherwise when compiled"
