"""What `leadline keys create --publishable` makes: a key of one scope, bound to a source and to the pages of a site."""

from collections.abc import Sequence
from typing import Final

from leadline_capture.core.origins import is_origin, origin_of
from leadline_capture.core.redirects import is_page
from leadline_capture.edge.app import RULES
from leadline_capture.edge.keys import FORMS
from leadline_runtime.command_errors import USAGE, CommandError
from leadline_runtime.command_settings import rules_directory
from leadline_runtime.rules import load_rules

_WRITE: Final = ["leads:write"]
Parts = tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]


def key_parts(
    publishable: bool, scopes: Sequence[str], trusted: bool, origins: Sequence[str], pages: Sequence[str]
) -> Parts:
    """Scopes, origins and pages of a new key; without pages, any page of its origins. Raises CommandError."""
    if not publishable:
        if origins or pages:
            raise CommandError("--origin and --return-to belong to --publishable keys.", USAGE)
        return frozenset(scopes), (), ()
    if trusted or list(scopes) != _WRITE:
        raise CommandError("A publishable key proves nothing: it takes neither --scope nor --trusted.", USAGE)
    if not origins:
        raise CommandError("Say whose pages may post with it: --origin https://www.example.com", USAGE)
    found = tuple(dict.fromkeys(_origin(each) for each in origins))
    for page in pages:
        if not is_page(page):
            raise CommandError(f"--return-to {page}: give a whole address, as https://www.example.com/thanks.", USAGE)
    return frozenset({FORMS}), found, tuple(dict.fromkeys(pages)) or found


def doubt_about(source: str) -> str | None:
    """Why forms with a key of this source would be refused, as far as the rules that are found here say; else None.
    A door may have others, so that it is no reason not to make the key. Raises RulesError."""
    given = rules_directory()
    found = load_rules(RULES, given).rules.sources
    public = sorted(name for name, each in found.items() if each.is_public)
    if source in public:
        return None
    told = f"{source} must prove who it is" if source in found else f"there is no source {source}"
    where = given or "the rules that ship"
    return f"by {where} {told}, so forms with this key are refused; keys of pages are for {', '.join(public)}."


def _origin(text: str) -> str:
    found = origin_of(text)
    if found is None or not is_origin(text):
        raise CommandError(
            f"--origin {text}: give scheme and host (and port) alone, as https://www.example.com; an international"
            " name as the browser sends it, xn--...",
            USAGE,
        )
    return found
