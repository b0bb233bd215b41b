"""What a file about sources may say of how an object that a vendor points at is fetched."""

from typing import Literal

from leadline_capture.source_auth_models import Name
from leadline_runtime.rules import RulesModel


class TokenModel(RulesModel):
    """What proves to the vendor that we are we: a secret in a header after `prefix`, or in the query."""

    secret: Name
    place: Literal["header", "query"] = "header"
    name: str = "Authorization"
    prefix: str = "Bearer "


class FetchModel(RulesModel):
    """Where the object is; see core.pointers.Fetch."""

    url: str
    becomes: Name
    token: TokenModel | None = None
    headers: dict[str, str] = {}
