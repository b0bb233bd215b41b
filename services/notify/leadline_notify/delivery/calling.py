"""Calling an endpoint over HTTP: guarded (leadline_runtime.outbound), and what its answer means for a notice."""

from typing import Final

from leadline_notify.delivery.result import ARRIVED, Result
from leadline_runtime.outbound import Got, NotGot, Outbound, Request

# What says that this notice is not liked, not that the endpoint is ill.
_THIS_ONE: Final = frozenset({400, 409, 413, 415, 422})
MOST_BYTES: Final = 65_536  # of an answer, which nobody reads
AGENT: Final = "Leadline-Notify/1"


async def call(outbound: Outbound, request: Request) -> Result:
    """One try."""
    try:
        got = await outbound.exchange(request)
    except NotGot as failure:
        if failure.reason == "too_large":  # it took the notice, and says too much about it
            return ARRIVED
        return Result("again", failure.reason, endpoint_fails=True)
    return meaning(got)


def meaning(got: Got) -> Result:
    """Only 2xx is success. 410: nothing is to be sent there any more. All else may be mended within a day."""
    status = got.status
    if 200 <= status < 300:
        return ARRIVED
    if status == 410:
        return Result("gone", "gone", endpoint_fails=True)
    reason = "throttled" if status == 429 else "redirected" if 300 <= status < 400 else f"status_{status}"
    return Result("again", reason, endpoint_fails=status not in _THIS_ONE, again_in=got.again_in)
