"""A job title as its words: case, accents, dots, hyphens and gender forms make no difference."""

import re
import unicodedata

# Letters that accents cannot be taken off.
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
_DIGRAPHS = re.compile("([aou])e")
_INITIALS = re.compile(r"\b(?:[a-z]\.){2,}(?:[a-z]\b)?")
# (m/w/d), (f/h), (all genders): of whom a post may be filled, not what it is.
_GENDERS = re.compile(r"[(\[]\s*(?:[a-z]|div|gn)\s*(?:[/|,]\s*(?:[a-z]|div|gn)\s*)+[)\]]|[(\[]all genders[)\]]")
# The other gender's ending, with what it is set apart by: Leiter:in, Jefe/a, Directeur(trice).
_ENDINGS = "innen|in|trice|rice|euse|ra|se|n|r|[ae]"
_FORMS = re.compile(rf"[:*_·.]-?in(?:nen)?\b|/-?(?:{_ENDINGS})\b|\((?:{_ENDINGS})\)")
_BREAKS = re.compile(r"[,;/|()\[\]{}<>:•·–—]+|\s-+\s")
_REST = re.compile(r"[^\w,]+|_+")

BREAK = ","


def title_text(title: str) -> str:
    """Lower-case words without accents, one blank between them; what parts a title into several is a word `,`."""
    text = unicodedata.normalize("NFC", title).casefold()
    text = _FORMS.sub("", _GENDERS.sub(" ", text))
    return plain_words(_INITIALS.sub(_run_together, text))


def plain_words(text: str) -> str:
    """The same for a text without gender forms and initials, such as the words of a rules file."""
    text = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    text = "".join(char for char in text if not unicodedata.combining(char))
    text = _BREAKS.sub(f" {BREAK} ", text.replace("&", " and ").replace("+", " and "))
    return _DIGRAPHS.sub(r"\1", " ".join(_REST.sub(" ", text).split()))


def _run_together(found: "re.Match[str]") -> str:
    return found[0].replace(".", "")
