"""Text for chats that speak Slack's language: nothing in it is a link or calls anybody, whatever the values say."""

from typing import Final

_SIGNS: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_LINE: Final = "\n"
_JOINER: Final = "\u2060"  # not seen; a name after it is no mention, also where @name alone would be one
MOST: Final = 38_000  # of signs as they are sent: Slack cuts a message that has more than 40,000


def chat_text(text: str) -> str:
    """The text escaped: &, < and > as Slack wants them; after each @ a word joiner. Of what is too long whole lines."""
    said = "".join(_SIGNS.get(sign, sign) for sign in text).replace("@", f"@{_JOINER}")
    if len(said) <= MOST:
        return said
    return f"{said[:MOST].rpartition(_LINE)[0] or said[:MOST]}{_LINE}…"
