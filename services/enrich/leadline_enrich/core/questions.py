"""What a provider may be told about a lead: the inputs of a question, and which of them belong to a person."""

from dataclasses import field
from typing import Annotated, Final

from leadline_runtime.core.values import dataclass
from leadline_schemas.event import Pii

# Inputs of a question by name. The personal ones never stand in an address, for addresses are written to logs.
INPUTS: Final = ("domain", "email", "company", "country", "ip")
PERSONAL: Final = frozenset({"email", "ip"})


@dataclass(frozen=True, slots=True)
class Question:
    """One question, equal to every other with the same inputs. domain: the company's, registrable, in ASCII.

    company: its name as it was given. country: ISO 3166-1 alpha-2. Its text shows nothing of a person.
    """

    domain: str | None = None
    email: Annotated[str | None, Pii] = field(default=None, repr=False)
    company: str | None = field(default=None, repr=False)  # a sole trader's is a person's name
    country: str | None = None
    ip: Annotated[str | None, Pii] = field(default=None, repr=False)

    def given(self, name: str) -> str | None:
        """The input of this name; None if it is not known or empty."""
        value: str | None = getattr(self, name)
        return value or None
