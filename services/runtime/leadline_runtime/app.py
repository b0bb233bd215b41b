"""The shell of every step: a Faust application around the loop. The only file that imports Faust.

Faust gives the worker, signals, supervision and the web server; the hot path is one Faust service, `BatchStep`, which
runs the loop on its own consumer and producer (docs/adr/0001). There is no agent, and so no Kafka consumer of Faust's.
"""

import asyncio
import gc
import sys
from collections.abc import Iterable
from importlib.metadata import version
from typing import Any

import faust
import uvloop
from faust.app.base import BootStrategy
from faust.types.web import Request, Response, View
from mode.types import ServiceT
from pydantic_settings import BaseSettings

from leadline_runtime.clock import PipelineClock
from leadline_runtime.clock_skew import ClockWatch
from leadline_runtime.crash import crash_points
from leadline_runtime.forms import core_form
from leadline_runtime.kafka import Kafka
from leadline_runtime.logs import configure, logger
from leadline_runtime.loop import Loop, Parts
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.migrations import RUNTIME
from leadline_runtime.postgres import Postgres
from leadline_runtime.rules import RulesError
from leadline_runtime.rules_watch import RulesWatch
from leadline_runtime.settings import Settings, SettingsError, load_settings
from leadline_runtime.step import Step
from leadline_runtime.watchdog import Watchdog
from leadline_runtime.web import Answer, Pages

log = logger(__name__)
BAD_START = 2


class BatchStep(faust.Service):
    """Supervises the loop: a loop that ends by itself ends the worker, so that the process is started anew."""

    def __init__(self, step: Step[Any], parts: Parts, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.step, self.loop_of_step, self.metrics = step, Loop(step, parts), parts.metrics
        self.watchdog = Watchdog(parts, self.loop_of_step.batching)
        self.clock_watch = ClockWatch(parts.settings.database_url.get_secret_value(), parts.metrics)
        self._core = form_of(step)
        self._running: asyncio.Task[None] | None = None

    async def on_started(self) -> None:
        """Start the loop."""
        self._running = asyncio.create_task(self.loop_of_step.run())
        self._running.add_done_callback(self._ended)
        self.add_future(self.watchdog.run(self.crash))
        self.add_future(self.clock_watch.run())

    def _ended(self, task: "asyncio.Task[None]") -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.add_future(self.crash(error))

    async def on_stop(self) -> None:
        """Finish the batch in hand, at most 8 of the 10 seconds a stop may take."""
        self.loop_of_step.stop()
        if self._running is not None:
            await asyncio.wait([self._running], timeout=8)
        if self.step.facts is not None:
            await self.step.facts.close()

    def ready(self) -> tuple[list[str], dict[str, Any]]:
        """Why the step does not do its work, if it does not; how many lanes it owns, in which form its core runs."""
        return self.loop_of_step.not_ready(), {"lanes": len(self.loop_of_step.parts.log.lanes), "core": self._core}


def form_of(step: Step[Any]) -> str:
    """In which form the core of a step's package runs here."""
    return core_form(step.decide.__module__.partition(".")[0])


def wire(step: Step[Any], settings: Settings) -> Parts:
    """All real parts of a step. Raises RulesError."""
    metrics = RuntimeMetrics(step.name)
    code = version(f"leadline-{step.name}")
    metrics.build.labels(step.name, code).set(1)
    rules = RulesWatch(step.rules, settings.rules_dir, metrics, step.rules_in_force)
    database = Postgres(settings.database_url.get_secret_value(), step.schema, step.body, RUNTIME + step.migrations)
    kafka = Kafka(settings, step.name, [topic.name for topic in step.reads])
    return Parts(settings, database, kafka, rules, metrics, crash_points(step.name), PipelineClock(), code)


def application(step: Step[Any], parts: Parts) -> faust.App:
    """The Faust application of a step: web server and BatchStep, nothing of Faust's own Kafka."""
    service = BatchStep(step, parts)
    pages = Pages(service.ready)

    class Boot(BootStrategy):
        """Starts the web server and the step; a Faust consumer without agents would not start."""

        enable_kafka = False

        def server(self) -> Iterable[ServiceT]:
            return [*self.sensors(), *self.web_server(), service]

    class StepApp(faust.App):
        BootStrategy = Boot

    settings = parts.settings
    app = StepApp(
        f"leadline-{step.name}",
        broker=f"kafka://{settings.kafka.split(',', maxsplit=1)[0]}",
        web_host=settings.web_host,
        web_bind=settings.web_host,
        web_port=settings.web_port,
        topic_allow_declare=False,
        topic_disable_leader=True,
        worker_redirect_stdouts=False,
    )

    def page(answer: Answer, view: View) -> Response:
        return view.bytes(answer.body, content_type=answer.content_type.partition(";")[0], status=answer.status)

    async def metrics(view: View, _request: Request) -> Response:
        return page(pages.metrics(), view)

    async def healthz(view: View, _request: Request) -> Response:
        return page(pages.healthz(), view)

    async def readyz(view: View, _request: Request) -> Response:
        return page(pages.readyz(), view)

    for path, handler in (("/metrics", metrics), ("/healthz", healthz), ("/readyz", readyz)):
        app.page(path)(handler)
    return app


class StepWorker(faust.Worker):
    """Faust's worker with our logging: one JSON line a record, not a second handler beside it."""

    def _setup_logging(self) -> None:
        """Logging is set up already."""


def calm_garbage_collector() -> None:
    """Look for cycles rarely: a batch makes many objects and all die by reference count. Twice the rate, measured."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def main(step: Step[Any], *more: type[BaseSettings]) -> None:
    """Run a step until SIGTERM. A bad setting or rules file is fatal, in one sentence, with exit code 2.

    `more`: settings of its own that it reads by itself later, looked at now.
    """
    try:
        settings = load_settings(Settings)
        for kind in more:
            load_settings(kind)
        configure(step.name, settings.log_level)
        parts = wire(step, settings)
    except (SettingsError, RulesError, ValueError) as error:
        print(f"leadline {step.name}: {error}", file=sys.stderr)
        raise SystemExit(BAD_START) from None
    log.info("starting", code=parts.code, core=form_of(step))
    loop = uvloop.new_event_loop()  # the waits of aiokafka and psycopg cost a good part less on it
    asyncio.set_event_loop(loop)
    app = application(step, parts)
    calm_garbage_collector()
    StepWorker(app, loglevel="info", redirect_stdouts=False, loop=loop).execute_from_commandline()
