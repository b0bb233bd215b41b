"""Phone numbers in E.164, read with the region that the person's country or the form's language suggests."""

from collections.abc import Sequence
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberFormat, ValidationResult


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
