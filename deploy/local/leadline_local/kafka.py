"""Apache Kafka: one broker that is its own controller (KRaft)."""

import base64
import secrets
import shutil
import signal
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import ClassVar

from leadline_local import jars, ports, probe
from leadline_local.errors import StackError
from leadline_local.java import Java
from leadline_local.once import run_once
from leadline_local.spawn import Command
from leadline_local.state import State, write_private

_CRASHES = (-signal.SIGABRT, -signal.SIGSEGV)


@dataclass(frozen=True)
class Kafka:
    """The server in `.leadline/kafka`. jars: the folder with Kafka's jars. flags: more of Java's for the broker."""

    state: State
    java: Java
    jars: Path
    flags: tuple[str, ...] = ()
    name: ClassVar[str] = "kafka"
    title: ClassVar[str] = "Kafka"
    ports: ClassVar[tuple[str, ...]] = ("kafka", "kafka-controller")
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    patience: ClassVar[tuple[float, float]] = (90.0, 30.0)

    @property
    def workdir(self) -> Path:
        """Its own folder."""
        return self.state.folder(self.name)

    @property
    def address(self) -> str:
        """Its bootstrap server."""
        return f"{ports.HOST}:{self.state.port('kafka')}"

    @property
    def start_cache(self) -> Path:
        """Where `leadline warm` saves what this Java has loaded of these jars."""
        return self.jars / f"start-{self.java.build}.aot"

    def prepare(self, lock: int) -> None:
        """Format the data folder, the first time."""
        (self.workdir / "tmp").mkdir(exist_ok=True)
        self._link_jars()
        part, data = self.workdir / "data.part", self.workdir / "data"
        if data.exists():
            return
        shutil.rmtree(part, ignore_errors=True)
        self._write_properties("format.properties", "data.part")
        arguments = ("format", "-t", self._cluster, "-c", "format.properties", "--ignore-formatted")
        run_once(self.title, self._java("kafka.tools.StorageTool", *arguments), lock, self.state.log(self.name))
        part.rename(data)  # its being there says that it is whole

    def command(self) -> Command:
        """The broker on the ports that are remembered now."""
        self._write_properties("server.properties", "data")
        return self._java("kafka.Kafka", "server.properties", flags=self.flags)

    def ready(self) -> bool:
        """Whether it serves clients, and is the cluster that was formatted here."""
        cluster = probe.kafka_cluster(self.state.port("kafka"))
        if cluster not in (None, self._cluster):
            raise StackError(f"Another Kafka answers on {self.address}: stop it, then type `leadline up` again.")
        return cluster is not None

    def heal(self, exit_code: int) -> bool:
        """A damaged start cache crashes Java: delete it."""
        if exit_code in _CRASHES and self.start_cache.exists():
            self.start_cache.unlink(missing_ok=True)
            return True
        return False

    @property
    def _cluster(self) -> str:
        return self.state.secret("kafka-cluster", _cluster_id)

    def _write_properties(self, name: str, data: str) -> None:
        template = resources.files("leadline_local").joinpath("server.properties").read_text(encoding="utf-8")
        port, controller = self.state.port("kafka"), self.state.port("kafka-controller")
        write_private(self.workdir / name, template.format(port=port, controller=controller, data=data))

    def _link_jars(self) -> None:
        link = self.workdir / "jars"
        if link.is_symlink() and link.readlink() == self.jars:
            return
        link.unlink(missing_ok=True)
        link.symlink_to(self.jars)

    def _java(self, main: str, *arguments: str, flags: tuple[str, ...] = ()) -> Command:
        # Through the link `jars`: a colon in the name of the user's home would end an entry of the class path.
        path = ":".join(f"jars/{jar.filename}" for jar in jars.parse(jars.lock_text()))
        cached = (f"-XX:AOTCache=jars/{self.start_cache.name}",) if self.start_cache.exists() else ()
        every = (*self.java.flags, *(flags or cached), f"-Djava.io.tmpdir={self.workdir / 'tmp'}")
        return Command((str(self.java.program), *every, "-cp", path, main, *arguments), self.workdir)


def _cluster_id() -> str:
    while (name := base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")).startswith("-"):
        pass  # the tool would take it for an option
    return name
