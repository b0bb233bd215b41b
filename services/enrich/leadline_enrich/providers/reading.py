"""What came over the wire, as answers to the questions that were sent."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from leadline_enrich.core.answers import NOT_FOUND, Reason
from leadline_enrich.core.questions import Question
from leadline_enrich.core.vendor_answer import Heard, hear, hear_many, unavailable
from leadline_enrich.core.vendor_rules import VendorRules
from leadline_runtime.core.errors import ExpressionFailed
from leadline_runtime.core.json_reader import NotReadable, read_json
from leadline_runtime.outbound import Got, NotGot, judge

ACCEPTED: Final = 202
NO_CONTENT: Final = 204
# The client's words for what went wrong, in those of the port.
REASON_OF: Final[Mapping[str, Reason]] = {
    "too_slow": "timeout", "not_reached": "unreachable", "broken_answer": "cut", "too_large": "too_large",
    "redirected": "redirected", "refused": "refused", "throttled": "throttled", "vendor_fails": "vendor_error",
    "not_found": "rejected", "not_taken": "rejected", "not_https": "not_public", "not_public": "not_public",
}  # fmt: skip


def heard(vendor: VendorRules, got: Got, questions: Sequence[Question], now: datetime) -> Mapping[Question, Heard]:
    """What a whole answer says of each question. Never raises."""
    if got.status in vendor.not_found or got.status == NO_CONTENT:
        return dict.fromkeys(questions, Heard(NOT_FOUND))
    if got.status == ACCEPTED:  # he looks it up, and will know later
        return dict.fromkeys(questions, Heard(unavailable("timeout")))
    try:
        judge(got)
        document = read_json(got.body, strict=False).value
        if vendor.batch is not None:
            return hear_many(vendor.answer, vendor.batch.items(document), vendor.batch.key, questions, now)
        return {each: hear(vendor.answer, document, each, now) for each in questions}
    except NotGot as failure:
        return dict.fromkeys(questions, Heard(unavailable(REASON_OF[failure.reason])))
    except (NotReadable, ExpressionFailed) as fault:
        return dict.fromkeys(questions, Heard(unavailable("garbage"), (("answer", str(fault)),)))
