"""Parts of the bench that need the services themselves as processes."""

from collections.abc import Callable, Mapping, Sequence

from tests.load import intake_rates
from tests.load.capture_rates import capture_rates
from tests.load.csv_rates import list_imported, post_list
from tests.load.enrich_rates import enrich_rates
from tests.load.memory import memory_growth
from tests.load.pipeline_rates import latencies, sustained
from tests.load.rescore_rates import rescored
from tests.load.telling import Bench
from tests.support.pipeline import Pipeline
from tests.support.vendor import playing


def pipeline(bench: Bench, pipeline: Pipeline) -> None:
    """All five steps on this machine."""
    found = sustained(pipeline, bench.options.leads, bench.options.seed)
    bench.tell("pipeline_rate", found.leads_per_s, "leads/s", floor=800)
    p50, p99 = latencies(pipeline, 100, 20, bench.options.seed + 2)
    bench.tell("latency_p50_ms", p50, "ms", ceiling=100)
    bench.tell("latency_p99_ms", p99, "ms", ceiling=500)
    for name, used in found.cpu_ms_per_lead.items():
        bench.tell(f"cpu_ms_per_lead.{name}", used, "ms")
    for name, megabytes in found.rss_mb.items():
        bench.tell(f"rss_mb.{name}", megabytes, "MB")


def intake(bench: Bench, pipeline: Pipeline) -> None:
    """The door alone, with Kafka's acknowledgement for each."""
    for name in list(pipeline.running):
        pipeline.kill(name)
    pipeline.start(["capture-edge"], LEADLINE_EDGE_SPOOL_DIR=str(pipeline.directory / "spool"))
    key = pipeline.make_key("--rate", "1000000")
    seed = bench.options.seed
    intake_rates.intake(pipeline.url, key, 500, seed)
    bench.tell("intake_rate", intake_rates.intake(pipeline.url, key, 8000, seed + 3), "202/s", floor=1500)
    bench.tell("intake_p99_ms", intake_rates.intake_latency(pipeline.url, key, 200, 10, seed + 4), "ms", ceiling=100)
    intake_rates.intake_batch(pipeline.url, key, 5000, seed)
    bench.tell(
        "intake_batch_rate", intake_rates.intake_batch(pipeline.url, key, 60_000, seed + 7), "leads/s", floor=10_000
    )


def capture(bench: Bench, pipeline: Pipeline) -> None:
    """Capture's step alone, with identity in PostgreSQL over few leads and over many."""
    options = bench.options
    few, many = capture_rates(pipeline, options.stored, options.leads, options.seed + 6)
    bench.tell("capture_step_rate_few", few, "leads/s")
    against = {"baseline": "capture_step_rate_few", "ratio": round(many / few, 2)}
    bench.tell("capture_step_rate", many, "leads/s", floor=1500)
    bench.tell("capture_step_rate_kept", many, "leads/s", floor=0.8, **against)


def enrich(bench: Bench, pipeline: Pipeline) -> None:
    """Enrich's step alone, a vendor over HTTP beside its table."""
    options = bench.options
    with playing() as vendor:
        found = enrich_rates(pipeline, vendor, options.leads, options.seed + 10)
    bench.tell("enrich_step_rate", found.warm, "leads/s", floor=3000)
    bench.tell("enrich_step_rate_flushed", found.flushed, "leads/s", floor=1000)
    bench.tell("enrich_questions_flushed", found.asked, "")
    bench.tell("enrich_questions_again", found.again, "", ceiling=found.asked // 50)
    bench.tell("enrich_step_rate_hung", found.hung, "leads/s", floor=1000)


def memory(bench: Bench, pipeline: Pipeline) -> None:
    """Door and step keep nothing of what went through."""
    found = memory_growth(pipeline, bench.options.submissions, bench.options.seed + 8)
    for name, (before, after) in found.items():
        bench.tell(f"rss_mb_at_first.{name}", before, "MB")
        against = {"baseline": "rss_mb_at_first", "ratio": round(after / before, 3)}
        bench.tell(f"rss_mb_at_last.{name}", after, "MB", ceiling=1.1, **against)


def csv(bench: Bench, pipeline: Pipeline) -> None:
    """Lists by the command of the console, through the door; a long one needs no more memory than a short one."""
    pipeline.start(["capture-edge"], LEADLINE_EDGE_IMPORTS_DIR=str(pipeline.directory / "lists"))
    key = pipeline.make_key("--rate", "1000000")
    few, many = bench.options.listed // 10, bench.options.listed
    short, long = (list_imported(pipeline, key, rows, bench.options.seed + rows) for rows in (few, many))
    bench.tell("csv_rate", long.rows_per_s, "rows/s", floor=3000)
    bench.tell("csv_rss_mb", short.peak_mb, "MB")
    ratio = round(long.peak_mb / short.peak_mb, 2)
    bench.tell("csv_rss_mb_tenfold", long.peak_mb, "MB", baseline="csv_rss_mb", ratio=ratio, ceiling=1.2)
    bench.tell("csv_posted_rate", post_list(pipeline, key, few, bench.options.seed + 9), "rows/s")


def rescore(bench: Bench, pipeline: Pipeline) -> None:
    """Stored leads judged again by new rules, and fresh leads that come meanwhile."""
    found = rescored(pipeline, bench.options.known, bench.options.seed)
    bench.tell("fresh_through_score_p50_ms", found.quiet_ms[0], "ms")
    bench.tell("fresh_through_score_p99_ms", found.quiet_ms[1], "ms")
    for name, before, now in (("p50", found.quiet_ms[0], found.passing_ms[0]),
                              ("p99", found.quiet_ms[1], found.passing_ms[1])):  # fmt: skip
        against = {"baseline": f"fresh_through_score_{name}_ms", "ratio": round(now / before, 2)}
        bench.tell(f"fresh_while_rescoring_{name}_ms", now, "ms", **against, ceiling=2 if name == "p99" else None)
    bench.tell("rescore_rate", found.rate, "leads/s")
    bench.tell("rescore_rate_unbounded", found.unbounded_rate, "leads/s")


Line = Mapping[str, Callable[[Bench, Pipeline], None]]
# Those of one line share servers: what a million leads leave behind would be another's load.
PARTS: Sequence[Line] = (
    {"pipeline": pipeline, "intake": intake},
    {"capture": capture},
    {"enrich": enrich},
    {"memory": memory},
    {"csv": csv},
    {"rescore": rescore},
)
