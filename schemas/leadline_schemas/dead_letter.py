"""`dlq.<service>`: a record that can never be processed. The value is the original bytes; all else is in headers."""

from leadline_schemas.event import Model


class DeadLetter(Model):
    """What the headers of a dead letter say. `failure` names kind and place of the fault, never a value."""

    service: str
    step: str
    failure_class: str
    failure: str
    topic: str
    partition: int
    offset: int
    attempts: int
    code: str
    rules_version: str
    rules_digest: str
    rejected_at: str
