"""What the fetcher does with one pointer: ask the vendor, keep what came, write it to Kafka, forget it.

A crash between any two of these loses nothing and doubles nothing: what came is kept before it is written, so that it
is written again with the same bytes, and capture knows a submission by its id.
"""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from time import monotonic
from typing import Any, Final

from leadline_capture import codecs, pointer_table
from leadline_capture.core.bodies import held_body
from leadline_capture.core.mapping import decoded
from leadline_capture.core.pointers import BadPointer, Fetch, Pointer, address, next_try
from leadline_capture.core.sources import SourceRules
from leadline_capture.fetcher.breakers import Breakers
from leadline_capture.fetcher.http import Vendors
from leadline_capture.fetcher.metrics import FetcherMetrics
from leadline_capture.fetcher.settings import FetcherSettings
from leadline_capture.writing import as_record
from leadline_runtime.core.json_reader import NotReadable
from leadline_runtime.core.values import dataclass
from leadline_runtime.logs import logger
from leadline_runtime.named_secrets import live
from leadline_runtime.outbound import Got, NotGot
from leadline_runtime.single_records import NotDurable, SingleRecords
from leadline_runtime.sql import DatabaseTrouble, Sql
from leadline_schemas.received import Authentication, LeadReceived

log = logger(__name__)
WRITER: Final = "capture/fetcher"
LEASE: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row of the table that this process has taken for the time of its lease."""

    pointer: Pointer
    received_at: datetime
    attempts: int
    got: Got | None = None

    @staticmethod
    def of(row: tuple[Any, ...]) -> "Waiting":
        """From a row of pointer_table.TAKE."""
        _, body, received_at, attempts, content_type, fetched = row
        got = None if fetched is None else Got(content_type, bytes(fetched))
        return Waiting(codecs.pointer(bytes(body)), received_at, attempts, got)


@dataclass
class Work:
    """All that is needed for a pointer. `chance` spreads the tries."""

    settings: FetcherSettings
    sql: Sql
    vendors: Vendors
    records: SingleRecords
    sources: Callable[[], SourceRules]
    metrics: FetcherMetrics
    breakers: Breakers
    chance: Random

    async def do(self, waiting: Waiting) -> None:
        """Fetch and write one, or note why not. Raises DatabaseTrouble: then the lease ends by itself."""
        pointer = waiting.pointer
        try:
            got = waiting.got or await self._got(pointer)
            if waiting.got is None:
                await self.sql.fetch(pointer_table.KEEP, (got.content_type, got.body, pointer.id))
            await self.records.write(as_record(self._received(waiting, got), pointer.id.hex, WRITER))
        except NotGot as failure:
            await self._failed(waiting, failure)
        except NotDurable:
            await self._failed(waiting, NotGot("not_durable", vendor_fails=False))
        except DatabaseTrouble:
            raise
        except Exception as error:  # a fault of ours with one object must not end the fetching of all others
            log.error("a pointer could not be worked off", source=pointer.source, error=type(error).__name__)
            await self._failed(waiting, NotGot("unexpected", vendor_fails=False))
        else:
            await self.sql.fetch(pointer_table.DONE, (pointer.id,))
            self.metrics.fetched.labels(pointer.source).inc()

    async def _got(self, pointer: Pointer) -> Got:
        fetch = self._fetch(pointer)
        try:
            url = address(fetch, pointer)
        except BadPointer as fault:
            raise NotGot("bad_pointer", vendor_fails=False) from fault
        era = self.breakers.let(pointer.source, monotonic())
        if era is None:
            raise NotGot("vendor_fails", vendor_fails=False)
        began, answered = monotonic(), False
        try:
            got = await self.vendors.get(fetch, url, self._secrets(fetch))
            self._look_at(got, pointer)
            answered = True
            return got
        except NotGot as failure:
            answered = not failure.vendor_fails
            raise
        finally:
            self.metrics.seconds.labels(pointer.source).observe(monotonic() - began)
            self.breakers.told(pointer.source, era, answered, monotonic())

    def _fetch(self, pointer: Pointer) -> Fetch:
        source = self.sources().sources.get(pointer.source)
        fetches = source.fetches if source is not None else ()
        for fetch in fetches:
            if fetch.becomes == pointer.becomes:
                return fetch
        raise NotGot("not_configured", vendor_fails=False)

    def _look_at(self, got: Got, pointer: Pointer) -> None:
        """A page that says "be right back" with a 200 is no lead: better fetched again than a dead letter."""
        try:
            decoded(self.sources().sources[pointer.becomes], got.body, got.content_type)
        except NotReadable:
            raise NotGot("not_readable", vendor_fails=True) from None

    def _secrets(self, fetch: Fetch) -> list[str]:
        if fetch.token is None:
            return []
        found = live(self.settings.source_secrets, fetch.token.secret)
        if not found:
            raise NotGot("no_secret", vendor_fails=False)
        return found

    def _received(self, waiting: Waiting, got: Got) -> LeadReceived:
        """As received when the notice was: how long the vendor took is part of how long the lead waits."""
        held, encoding = held_body(got.body)
        return LeadReceived(
            submission_id=waiting.pointer.id,
            way="source",
            source=waiting.pointer.becomes,
            received_at=waiting.received_at,
            authentication=Authentication(method="fetched", trusted=True),
            content_type=got.content_type,
            body=held,
            body_encoding=encoding,
            body_sha256=hashlib.sha256(got.body).hexdigest(),
        )

    async def _failed(self, waiting: Waiting, failure: NotGot) -> None:
        pointer = waiting.pointer
        wait = next_try(waiting.attempts, self.chance.random(), failure.again_in)
        await self.sql.fetch(pointer_table.FAILED, (failure.reason, wait, pointer.id))
        self.metrics.failed.labels(pointer.source, failure.reason).inc()
        log.warning("not fetched", source=pointer.source, reason=failure.reason, again_in_s=round(wait.total_seconds()))
