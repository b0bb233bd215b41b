"""What the door answers where: one entry a path, and under it one handler a method."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from aiohttp import web

from leadline_capture.core.tracking import TYPES
from leadline_capture.edge.activities import post_activities
from leadline_capture.edge.assignments import PREFIX as ASSIGNMENTS
from leadline_capture.edge.assignments import STATUS, get_command, post_assignment
from leadline_capture.edge.batch import post_leads
from leadline_capture.edge.bodies import SUBMISSIONS
from leadline_capture.edge.commands import COMMANDS, post_command
from leadline_capture.edge.consent_links import CONFIRM, UNSUBSCRIBE, post_links
from leadline_capture.edge.consent_pages import get_confirm, get_unsubscribe, post_confirm, post_unsubscribe
from leadline_capture.edge.consents import post_consents
from leadline_capture.edge.documentation import DOCS, DOCUMENT, RENDERER, get_docs, get_document, get_renderer
from leadline_capture.edge.door import Call
from leadline_capture.edge.forms import FORMS, post_form, preflight, readable
from leadline_capture.edge.imports import PATH as IMPORTS
from leadline_capture.edge.imports import get_import, get_report, post_list
from leadline_capture.edge.leads import post_lead
from leadline_capture.edge.roster import PREFIX as MEMBERS
from leadline_capture.edge.roster import STATUS as CHANGES
from leadline_capture.edge.roster import delete_absence, get_change, patch_member, post_absence
from leadline_capture.edge.source_request import PREFIX
from leadline_capture.edge.sources import get_source, post_source
from leadline_capture.edge.submissions import get_submission
from leadline_capture.edge.tracking import post_batch, post_import, post_message
from leadline_runtime.core.values import dataclass

Handler = Callable[[Call], Awaitable[web.Response]]
Methods = Mapping[str, Handler]


@dataclass(frozen=True, slots=True)
class Route:
    """A path as the metrics and the documents name it, and what it answers by method."""

    path: str
    methods: Methods


# A path that ends in parameters stands for all that begin as it does and have as many segments.
ROUTES: Final[Mapping[str, Methods]] = {
    "/v1/leads": {"POST": post_lead},
    "/v1/leads/batch": {"POST": post_leads},
    "/v1/activities": {"POST": post_activities},
    "/v1/consents": {"POST": post_consents},
    "/v1/consents/links": {"POST": post_links},
    CONFIRM: {"GET": get_confirm, "HEAD": get_confirm, "POST": post_confirm},
    UNSUBSCRIBE: {"GET": get_unsubscribe, "HEAD": get_unsubscribe, "POST": post_unsubscribe},
    COMMANDS: {"POST": post_command},
    f"{ASSIGNMENTS}{{lead_id}}/{{verb}}": {"POST": post_assignment},
    f"{STATUS}{{id}}": {"GET": get_command},
    f"{MEMBERS}{{member}}": {"PATCH": patch_member},
    f"{MEMBERS}{{member}}/{{part}}": {"POST": post_absence},
    f"{MEMBERS}{{member}}/{{part}}/{{id}}": {"DELETE": delete_absence},
    f"{CHANGES}{{id}}": {"GET": get_change},
    f"{PREFIX}{{source}}": {"POST": post_source, "GET": get_source},
    f"{PREFIX}{{source}}/{{secret}}": {"POST": post_source, "GET": get_source},
    f"{SUBMISSIONS}{{id}}": {"GET": get_submission},
    f"{FORMS}{{key}}": {"POST": post_form, "OPTIONS": preflight},
    **{f"/v1/{kind}": {"POST": post_message} for kind in TYPES},
    "/v1/batch": {"POST": post_batch},
    "/v1/import": {"POST": post_import},
    IMPORTS: {"POST": post_list},
    f"{IMPORTS}/{{id}}": {"GET": get_import},
    f"{IMPORTS}/{{id}}/{{part}}": {"GET": get_report},
    DOCUMENT: {"GET": get_document},
    DOCS: {"GET": get_docs},
    RENDERER: {"GET": get_renderer},
}
_EXACT: Final = {path: Route(path, methods) for path, methods in ROUTES.items() if "{" not in path}
_BEGUN: Final = {
    (path.partition("{")[0], path.count("{")): Route(path, methods) for path, methods in ROUTES.items() if "{" in path
}
_MOST: Final = max(count for _, count in _BEGUN)
NOWHERE: Final = Route("other", {})


def route_of(path: str) -> Route:
    """The route that answers a path; NOWHERE if none does."""
    found = _EXACT.get(path)
    if found is not None:
        return found
    begin = path
    for count in range(1, _MOST + 1):
        begin = begin.rpartition("/")[0]
        if (route := _BEGUN.get((f"{begin}/", count))) is not None:
            return route
    return NOWHERE


def headers_of(call: Call) -> Mapping[str, str]:
    """What goes with any answer on a path, also with one that no handler gives: who may read it."""
    return readable(call) if call.request.path.startswith(FORMS) else {}
