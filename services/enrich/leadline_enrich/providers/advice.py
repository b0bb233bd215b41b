"""What somebody can do about a vendor that does not answer, by the reason."""

from collections.abc import Mapping
from typing import Final

from leadline_enrich.core.answers import Reason

ADVICE: Final[Mapping[Reason, str]] = {
    "timeout": "No answer came in time: raise limits.budget_ms and try_ms, or ask the vendor why it is slow.",
    "unreachable": "There is no connection: is the host in request.url right, and may it be reached from here?",
    "cut": "The connection ended within the answer; if that lasts, ask the vendor.",
    "throttled": "Asked too often: set limits.rate to what the vendor allows, or wait until it allows more.",
    "vendor_error": "The vendor says that the fault is on its side; if that lasts, ask the vendor.",
    "breaker_open": "It failed so often just now that it is left alone; it is tried again by itself.",
    "garbage": "The answer is not what `answer` in the file says: compare the two, and add it as an example.",
    "mismatch": "The answer is about somebody else, by answer.echo: is the request right, or the echo?",
    "too_large": "The answer is larger than limits.bytes: ask for fewer fields, or raise it.",
    "redirected": "The vendor has moved: write its new address into request.url.",
    "refused": "The vendor refuses the secret: put a live one into LEADLINE_PROVIDER_SECRETS.",
    "rejected": "The vendor does not understand the request: compare it with the vendor's documentation; a status that "
    "means `no such company` belongs into answer.not_found_status.",
    "no_secret": "There is no usable secret: put the one that the file names into LEADLINE_PROVIDER_SECRETS, as "
    '{"name": "value"}.',
    "not_public": "Only public addresses are asked, by https. A host of your own network must stand in "
    "LEADLINE_PROVIDER_PRIVATE_HOSTS, with its port.",
    "closed": "The service was shutting down.",
}
