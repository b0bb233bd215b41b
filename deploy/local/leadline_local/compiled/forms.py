"""Which compiled form of the cores of score and of the SLA monitor belongs to the sources as they are now.

Each lies in a folder of its own, `.compiled/<digest>`, named after all that it was made from: a form that is not of
these very sources is never found, and a process that runs on one keeps its files while another is made.
"""

import hashlib
import os
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path

from leadline_local.compiled.modules import SCORE, SLA_MONITOR

ROOT = Path(__file__).resolve().parents[4]
PLACE = ROOT / ".compiled"
CORES = "cores of score and the SLA monitor"
PACKAGES = {
    ROOT / "services" / "score" / "leadline_score": SCORE,
    ROOT / "services" / "sla-monitor" / "leadline_sla_monitor": SLA_MONITOR,
}
# What the compiler reads beside the packages themselves: types of others are built into the code that it makes.
_READ = (ROOT / "services" / "runtime" / "leadline_runtime", ROOT / "schemas" / "leadline_schemas")
_PINNED = (ROOT / "uv.lock", *sorted(Path(__file__).parent.glob("*.py")))


def digest() -> str:
    """Of the sources, of the pinned compiler and libraries, and of the Python and machine that it is for."""
    told = hashlib.sha256(str(sysconfig.get_config_var("EXT_SUFFIX")).encode())
    for path in _sources():
        told.update(f"\0{path.relative_to(ROOT)}\0".encode())
        told.update(hashlib.sha256(path.read_bytes()).digest())
    return told.hexdigest()[:16]


def current() -> Path | None:
    """The folder that goes first on PYTHONPATH, if there is a form of these sources."""
    if not PLACE.is_dir():
        return None
    found = PLACE / digest()
    return found if found.is_dir() else None


def told() -> str:
    """Which form score and the monitor will run as, in a line for a person."""
    if current():
        return f"{CORES}: compiled"
    if not PLACE.is_dir():
        return f"{CORES}: pure Python (`make compile` makes them about twice as fast)"
    return f"{CORES}: pure Python, as the sources changed since they were compiled (`make compile` does it anew)"


def on_path(environment: Mapping[str, str]) -> dict[str, str]:
    """The PYTHONPATH to run both services with, beside what the environment has there; nothing without such a form."""
    found = current()
    if found is None:
        return {}
    return {"PYTHONPATH": os.pathsep.join(filter(None, (str(found), environment.get("PYTHONPATH", ""))))}


def _sources() -> Iterator[Path]:
    yield from _PINNED
    for package in PACKAGES:
        yield from (path for path in sorted(package.rglob("*")) if path.is_file() and path.suffix != ".pyc")
    for package in _READ:
        yield from sorted(package.rglob("*.py"))
