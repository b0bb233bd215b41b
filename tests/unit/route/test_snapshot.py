"""The view of a scorecard never drifts from the event."""

import typing
from typing import Any

import pytest
from pydantic import BaseModel

from leadline_route.core import snapshot
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.enriched import Effective, LeadEnriched
from leadline_schemas.lead import Lead
from leadline_schemas.scored import Dimension, LeadScored, Review, Scorecard

VIEWS: list[tuple[type[BaseModel], type[BaseModel]]] = [
    (snapshot.Values, Effective),
    (snapshot.Person, Lead),
    (snapshot.Captured, LeadCaptured),
    (snapshot.Enriched, LeadEnriched),
    (snapshot.Fit, Dimension),
    (snapshot.Intent, Dimension),
    (snapshot.Card, Scorecard),
    (snapshot.Review, Review),
    (snapshot.Scored, LeadScored),
]


@pytest.mark.parametrize(("view", "whole"), VIEWS, ids=lambda each: each.__name__)
def test_what_is_looked_at_is_what_is_written(view: type[BaseModel], whole: type[BaseModel]) -> None:
    views: dict[Any, Any] = dict(VIEWS) | {one | None: other | None for one, other in VIEWS}
    ours = typing.get_type_hints(view, include_extras=False)
    theirs = typing.get_type_hints(whole, include_extras=False)
    for name in view.model_fields:
        assert views.get(ours[name], ours[name]) == theirs[name], name
        assert view.model_fields[name].default == whole.model_fields[name].default, name
