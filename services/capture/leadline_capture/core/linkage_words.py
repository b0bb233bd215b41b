"""The words that linkage is taught by rules: short forms of names, headers of columns, words of addresses and firms."""

from collections.abc import Mapping
from typing import Final, Literal, get_args

from leadline_runtime.core.values import dataclass

Meaning = Literal[
    "given_name", "surname", "full_name", "birth_date", "email", "phone", "id_number", "street", "street_number",
    "address_extra", "postcode", "city", "state", "country", "company", "website", "gender", "text", "label",
]  # fmt: skip
MEANINGS: Final[tuple[str, ...]] = get_args(Meaning)


@dataclass(frozen=True, slots=True)
class LinkageWords:
    """`short_forms`: from a folded given name to the names it may stand for (itself among them); `headers`: from a
    folded header to what stands in such a column; `street_words`: from a word of a street to the one it is written
    as; `legal_suffixes`: folded legal forms of firms."""

    short_forms: Mapping[str, frozenset[str]]
    headers: Mapping[str, Meaning]
    street_words: Mapping[str, str]
    legal_suffixes: frozenset[str]
