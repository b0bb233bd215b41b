"""What a person sees of a record: words without personal data, and values masked unless asked for."""

import json
from typing import Any
from uuid import UUID

import pytest

from leadline_console.errors import UserError
from leadline_console.records import Kept
from leadline_console.tailing import check_names, shown
from leadline_runtime.masking import MASK
from leadline_schemas.topics import TOPICS
from tests.unit.console.examples import AT, records

every_example = pytest.mark.parametrize("kept", records(), ids=lambda kept: f"{kept.topic}/{kept.header('ce_id')}")


def texts_hidden(whole: Any, masked: Any) -> set[str]:
    """The texts that masking has taken away."""
    if isinstance(whole, dict):
        return {text for key in whole for text in texts_hidden(whole[key], masked[key])}
    if isinstance(whole, list):
        return {text for one, other in zip(whole, masked, strict=True) for text in texts_hidden(one, other)}
    return {whole} if isinstance(whole, str) and masked == MASK else set()


@every_example
def test_an_event_is_told_in_words_without_any_personal_value(kept: Kept) -> None:
    whole, masked = json.loads(kept.value or b""), shown(kept).data(pii=False)["value"]
    one = shown(kept)
    assert one.words
    assert not one.words.startswith("cannot be decoded")
    for text in texts_hidden(whole, masked):
        if len(text) > 3:
            assert text not in one.words
            assert text not in json.dumps(masked, ensure_ascii=False)


def test_the_examples_do_hold_personal_values_so_that_masking_is_put_to_the_test() -> None:
    for topic in TOPICS:
        if topic.name in ("lead.sla", "lead.stage", "roster.received"):
            continue
        found = [kept for kept in records() if kept.topic == topic.name]
        assert any(texts_hidden(json.loads(one.value or b""), shown(one).data(pii=False)["value"]) for one in found)


@every_example
def test_with_pii_the_value_is_shown_as_it_is(kept: Kept) -> None:
    assert shown(kept).data(pii=True)["value"] == json.loads(kept.value or b"")


def test_every_topic_has_its_own_words() -> None:
    words = {kept.header("ce_id"): shown(kept).words for kept in records()}
    assert words["g3_hand_raise_alone"] == "D1 hot, MQL by hand raise; 30, because of a new act"
    assert words["g3_reassigned_after_a_lapse"] == "person ben by rule r6_us_east, after owner_clock_lapsed"
    assert words["breached"] == ("breached: customer first_email, due 2026-03-06 22:35:00Z, owner ana, cause owner")
    assert words["quarantined_spam"].startswith("quarantined: ")
    assert "kept apart: " in words["quarantined_spam"]
    assert words["g7_merged_into_g2"].startswith("merged_into by email")
    assert "lead.merge by mara, with 019cd731-5360-862b-affb-ebdf4aca9459" in words["merged_by_command"]
    assert words["tombstone_of_a_merge"] == ("became part of 019cd730-6900-895c-b118-e5c7ba577fae, lead.merge by mara")
    assert words["unmerged"].endswith("lead.unmerge by mara")
    assert "; may be 019cd730-6900-895c-b118-e5c7ba577fae (" in words["possible_duplicate"]
    assert "%, company equal" in words["possible_duplicate"]
    assert "by person " in words["reply_by_a_person"]


def test_a_record_that_is_no_event_is_shown_as_one_that_cannot_be_decoded_without_its_content() -> None:
    broken = Kept("lead.scored", 0, 1, AT, str(UUID(int=7)).encode(), b'{"canary": 1}', ())
    assert shown(broken).words.startswith("cannot be decoded: lead.scored: ")
    assert shown(broken).about == str(UUID(int=7))
    assert "1" not in json.dumps(shown(broken).data(pii=False)["value"])


def test_keys_and_headers_of_other_producers_may_be_personal() -> None:
    foreign = Kept("lead.received", 0, 1, AT, b"ada@example.com", b"\xff", (("who", b"ada"), ("ce_id", b"1")))
    data = shown(foreign).data(pii=False)
    assert (data["key"], data["value"], data["headers"]) == (MASK, MASK, {"who": MASK, "ce_id": "1"})
    assert shown(foreign).about == MASK
    open_data = shown(foreign).data(pii=True)
    assert (open_data["key"], open_data["value"]) == ("ada@example.com", "base64:/w==")


def test_a_dead_letter_tells_its_reason_and_hides_the_record() -> None:
    headers = (("dl_failure_class", b"undecodable"), ("dl_failure", b"lead.scored: x: Field required"))
    letter = Kept("dlq.route", 0, 1, AT, b"k", b'{"canary": 1}', headers)
    assert shown(letter).words == "rejected: undecodable: lead.scored: x: Field required"
    assert shown(letter).data(pii=False)["value"] == MASK


def test_a_topic_that_is_not_ours_is_answered_with_those_there_are() -> None:
    check_names(["lead.sla", "dlq.sla-monitor"])
    with pytest.raises(UserError, match=r"lead\.scored") as caught:
        check_names(["lead.score"])
    assert caught.value.exit_code == 4
