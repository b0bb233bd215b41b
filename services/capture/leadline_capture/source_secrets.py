"""The secrets of sources: what proves that a sender is the vendor, and what proves to a vendor that we are we."""

from pydantic import Field

from leadline_runtime.named_secrets import NamedSecrets
from leadline_runtime.settings import Settings


class SourceSecrets(Settings):
    """What every service needs, and the secrets that rules/sources.yaml names."""

    source_secrets: NamedSecrets = Field(
        default_factory=dict,
        description='live secrets by the name sources.yaml gives them: {"typeform": ["new","old"]}',
    )
