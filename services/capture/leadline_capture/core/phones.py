"""Phone numbers in E.164, read with the region that the person's country or the form's language suggests."""

import re
from collections.abc import Sequence
from functools import cache

import phonenumbers
from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    REGION_CODE_FOR_NON_GEO_ENTITY,
    PhoneMetadata,
    PhoneNumberDesc,
    PhoneNumberFormat,
    ValidationResult,
)

from leadline_runtime.core.values import dataclass

_INTERNATIONAL = re.compile(r"\+[1-9][0-9 ().-]{6,24}")
_NOT_DIGITS = re.compile(r"[^0-9]+")


@dataclass(frozen=True, slots=True)
class Phone:
    """A number that can be dialled. `valid`: it lies in a range in use; only such a number is a match key."""

    e164: str
    valid: bool


def read_phone(text: str, regions: Sequence[str]) -> Phone | None:
    """The number in `text`, read in the first of `regions` in which it is valid; None if it can be none.

    `regions` are ISO country codes, most likely first; a number with + needs none.
    """
    text = text.strip()
    if text.startswith("00"):
        text = "+" + text[2:]
    if plain := _plain(text):
        return plain
    possible: Phone | None = None
    for region in (None,) if text.startswith("+") else regions:
        try:
            number = phonenumbers.parse(text, region)
        except phonenumbers.NumberParseException:
            continue
        e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
        if phonenumbers.is_valid_number(number):
            return Phone(e164, True)
        if possible is None and phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE:
            possible = Phone(e164, False)
    return possible


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the main region of a country code says of its numbers, from the library's own tables."""

    prefix: re.Pattern[str] | None
    every: PhoneNumberDesc
    usual: tuple[PhoneNumberDesc, ...]


def _plain(text: str) -> Phone | None:
    """A number with + that is certainly a usual one of its country code's main region.

    Reading it with the library would say the same, and costs as much as all other fields of a form.
    """
    if _INTERNATIONAL.fullmatch(text) is None:
        return None
    digits = _NOT_DIGITS.sub("", text)
    length = next((n for n in (1, 2, 3) if int(digits[:n]) in COUNTRY_CODE_TO_REGION_CODE), 0)
    plan = _plan(int(digits[:length])) if length else None
    national = digits[length:]
    if plan is None or national[:1] == "0" or (plan.prefix is not None and plan.prefix.match(national)):
        return None
    if not _matches(national, plan.every) or not any(_matches(national, kind) for kind in plan.usual):
        return None
    return Phone(f"+{digits}", True)


@cache
def _plan(country_code: int) -> _Plan | None:
    region = COUNTRY_CODE_TO_REGION_CODE[country_code][0]
    if region == REGION_CODE_FOR_NON_GEO_ENTITY:
        return None
    told = PhoneMetadata.metadata_for_region(region, None)
    if told is None or told.general_desc is None or told.leading_digits is not None:
        return None
    kinds = (told.fixed_line, None if told.same_mobile_and_fixed_line_pattern else told.mobile)
    prefix = told.national_prefix_for_parsing
    return _Plan(
        re.compile(prefix) if prefix else None, told.general_desc, tuple(kind for kind in kinds if kind is not None)
    )


def _matches(national: str, kind: PhoneNumberDesc) -> bool:
    pattern, lengths = kind.national_number_pattern, kind.possible_length
    if not pattern or (lengths and len(national) not in lengths):
        return False
    return _compiled(pattern).fullmatch(national) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
