"""Text for chats that speak Slack's language: nothing in it is a link or calls anybody, whatever the values say."""

from typing import Final

_SIGNS: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_JOINER: Final = "\u2060"  # not seen; a name after it is no mention, also where @name alone would be one
MOST: Final = 3900  # Slack cuts what is longer than 4,000


def chat_text(text: str) -> str:
    """The text escaped: &, < and > as Slack wants them; after each @ a word joiner."""
    cut = text if len(text) <= MOST else f"{text[:MOST]}…"
    return "".join(_SIGNS.get(sign, sign) for sign in cut).replace("@", f"@{_JOINER}")
