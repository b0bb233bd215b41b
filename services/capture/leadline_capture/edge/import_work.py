"""The rows of uploaded lists on their way to `lead.received`, beside the requests; continued after a kill."""

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic
from typing import Final

from leadline_capture.core.csv_columns import BadMapping, Words
from leadline_capture.core.csv_report import ReportRow, report_text
from leadline_capture.edge.door import WRITER, Records
from leadline_capture.edge.import_files import ImportFiles
from leadline_capture.edge.import_metrics import ImportMetrics
from leadline_capture.edge.import_rows import Claimed, ImportRows, State
from leadline_capture.edge.metrics import EdgeMetrics
from leadline_capture.imports.options import options_of
from leadline_capture.imports.planning import Rows, understand
from leadline_capture.imports.reading import TooLarge, examine
from leadline_capture.imports.sending import Fate, Item, Sender
from leadline_capture.writing import as_record
from leadline_runtime.core.values import dataclass
from leadline_runtime.logs import logger
from leadline_runtime.sql import DatabaseTrouble
from leadline_schemas.ids import submission_id_of_key
from leadline_schemas.received import Authentication, LeadReceived

log = logger(__name__)
_AT_A_TIME: Final = 2  # batches: live requests come first
_FAIR: Final = 25  # rows after which other work has its turn
_CHECKPOINT_S: Final = 1.0
_CHECKPOINT_ROWS: Final = 5000
_LOOK_EVERY_S: Final = 5.0
_AGAIN_S: Final = 1.0


class _Lost(Exception):
    """Another process works on it."""


@dataclass
class Imports:
    """The imports of one door. `wake`: a new one is there. `uploading`: how many lists are just coming in."""

    files: ImportFiles
    rows: ImportRows
    words: Words
    records: Records
    clock: Callable[[], datetime]
    metrics: EdgeMetrics
    of_lists: ImportMetrics
    most_bytes: int
    lead_bytes: int
    uploading: int = 0

    def __post_init__(self) -> None:
        self.wake = asyncio.Event()

    async def run(self) -> None:
        """Work on one import after the other. Ends by cancellation."""
        while True:
            try:
                claimed = await self.rows.claim(self.files.home)
                self.of_lists.unfinished.set(len(await self.rows.unfinished(self.files.home)))
                if claimed is not None:
                    await self._work_on(claimed)
                    continue
                await self._tidy()
            except DatabaseTrouble:
                log.warning("imports wait for PostgreSQL")
            self.wake.clear()
            try:
                await asyncio.wait_for(self.wake.wait(), _LOOK_EVERY_S)
            except TimeoutError:
                """Look again: an import may have been left to this home."""

    async def _work_on(self, claimed: Claimed) -> None:
        try:
            await _Run(self, claimed).whole()
            reason = None
        except _Lost:
            log.warning("another process works on this import", import_id=str(claimed.id))
            return
        except DatabaseTrouble:
            raise
        except BadMapping as wrong:
            reason = str(wrong)
        except (OSError, EOFError, TooLarge) as error:
            reason = f"its list cannot be read any more ({type(error).__name__}); send it again"
        except Exception as error:
            # Not its text: a library's message may quote what a row says. The door goes on.
            log.error("an import failed", import_id=str(claimed.id), error=type(error).__name__)
            reason = f"something failed here ({type(error).__name__}); the rows in the report are stored"
        state: State = "done" if reason is None else "failed"
        if await self.rows.end(claimed.id, state, reason):
            self.of_lists.ended.labels(state).inc()
        self.files.drop(self.files.path_of(claimed.id))
        log.info("an import has ended", import_id=str(claimed.id), failed=reason is not None)

    async def _tidy(self) -> None:
        """Lists that no import needs: it ended just before a kill, or the door was killed before PostgreSQL knew."""
        await self.rows.forget()
        kept = self.files.kept()
        if kept and not self.uploading:
            for import_id in set(kept) - await self.rows.unfinished(self.files.home):
                self.files.drop(self.files.path_of(import_id))


class _Run:
    """One import at work."""

    def __init__(self, imports: Imports, claimed: Claimed) -> None:
        self.imports, self.claimed, self.progress = imports, claimed, claimed.progress
        self._told: list[ReportRow] = []
        self._last = monotonic()
        self._authentication = Authentication(method="api_key", key_id=claimed.key_id, trusted=claimed.trusted)

    async def whole(self) -> None:
        """Every row that has no fate yet. Raises _Lost, DatabaseTrouble, BadMapping, OSError, EOFError, TooLarge."""
        imports, claimed = self.imports, self.claimed
        path = imports.files.path_of(claimed.id)
        examined = await asyncio.to_thread(examine, path, imports.most_bytes)
        table = await asyncio.to_thread(understand, examined, options_of(claimed.options), imports.words)
        rows = Rows(table, claimed.last_row)
        try:
            await Sender(self, self._tell, _AT_A_TIME).send_all(rows)
            await self._checkpoint()
        finally:
            rows.lines.close()

    async def send(self, items: Sequence[Item]) -> list[Fate]:
        """See imports.sending.Sends. Waits for as long as nothing can be made durable."""
        made: list[LeadReceived | Fate] = []
        for number, item in enumerate(items):
            made.append(self._received(item))
            if number % _FAIR == _FAIR - 1:
                await asyncio.sleep(0)
        left = [each for each in made if isinstance(each, LeadReceived)]
        while left:
            records = [as_record(each, each.submission_id.hex, WRITER) for each in left]
            found = await self.imports.records.write_all(records, may_repeat=True)
            accepted = self.imports.metrics.accepted.labels(self.claimed.source)
            accepted.inc(len(found) - found.count(None))
            self.imports.metrics.spooled.labels(self.claimed.source).inc(found.count("spool"))
            left = [each for each, where in zip(left, found, strict=True) if where is None]
            if left:
                await asyncio.sleep(_AGAIN_S)
        return [each if isinstance(each, Fate) else Fate(str(each.submission_id)) for each in made]

    def _received(self, item: Item) -> LeadReceived | Fate:
        if len(item.body) > self.imports.lead_bytes:
            return Fate(reasons=(f"is larger than {self.imports.lead_bytes} bytes as a lead",))
        return LeadReceived(
            submission_id=submission_id_of_key(self.claimed.source, item.id),
            way="leads",
            source=self.claimed.source,
            received_at=self.imports.clock(),
            authentication=self._authentication,
            content_type="application/json",
            body=item.body.decode(),
            body_sha256=hashlib.sha256(item.body).hexdigest(),
            historical=item.historical,
        )

    async def _tell(self, fates: list[ReportRow]) -> None:
        self._told += fates
        if monotonic() - self._last >= _CHECKPOINT_S or len(self._told) >= _CHECKPOINT_ROWS:
            await self._checkpoint()

    async def _checkpoint(self) -> None:
        """Keep the fates; while PostgreSQL is away nothing goes on, so that what is not kept stays little."""
        if not self._told:
            return
        after, text = self.progress.with_rows(self._told), report_text(self._told)
        while True:
            try:
                if not await self.imports.rows.checkpoint(self.claimed.id, after, text):
                    raise _Lost
                break
            except DatabaseTrouble:
                log.warning("an import waits for PostgreSQL", import_id=str(self.claimed.id))
                await asyncio.sleep(_AGAIN_S)
        told = self.imports.of_lists
        told.rows.labels("accepted").inc(after.accepted - self.progress.accepted)
        told.rows.labels("rejected").inc(after.rejected - self.progress.rejected)
        told.progress.set_to_current_time()
        self.progress, self._told, self._last = after, [], monotonic()
