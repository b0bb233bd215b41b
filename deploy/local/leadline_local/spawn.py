"""Starting one process that outlives this one."""

import hashlib
import os
import pwd
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

LOG_LIMIT = 10 * 1024 * 1024
_IN_USE = re.compile(r"address already in use|port .{0,20}in use", re.IGNORECASE)


@dataclass(frozen=True)
class Account:
    """A user of this machine."""

    uid: int
    gid: int

    @classmethod
    def nobody(cls) -> "Account":
        """The user who owns nothing: what root runs servers as that refuse to run as root."""
        entry = pwd.getpwnam("nobody")
        return cls(entry.pw_uid, entry.pw_gid)


@dataclass(frozen=True)
class Command:
    """A program with all that it gets; `environment` is added to a small one of our own."""

    argv: tuple[str, ...]
    workdir: Path
    environment: dict[str, str] = field(default_factory=dict)
    account: Account | None = None

    def digest(self) -> str:
        """Tells whether two commands are the same."""
        return hashlib.sha256(repr((self.argv, sorted(self.environment.items()))).encode()).hexdigest()[:16]


def small_environment() -> dict[str, str]:
    """What every server gets. Nothing else of the user's reaches it: JAVA_TOOL_OPTIONS or PGPORT would change it."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def leadline_variables() -> dict[str, str]:
    """The user's settings for Leadline itself."""
    return {name: value for name, value in os.environ.items() if name.startswith("LEADLINE_")}


def spawn(command: Command, lock: int, log: Path) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, its output appended to `log`.

    lock: descriptor of its alive.lock, which it and its children inherit.
    """
    account = command.account
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 -- every command is ours
            command.argv,
            cwd=command.workdir,
            env=small_environment() | command.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=(lock,),
            start_new_session=True,  # Ctrl-C in the terminal is for the command, not for the servers
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )


def let_go(process: subprocess.Popen[bytes]) -> None:
    """Stop caring for a child that shall outlive us: a server is nobody's to wait for."""
    process.returncode = 0  # else Popen warns, rightly in general, that a child still runs


def bury(pid: int) -> None:
    """Take a dead child's entry out of the process table, if it was a child of ours and is dead."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        return


def rotate(log: Path) -> int:
    """Begin a new log once the old one is large; the position at which what comes next is written."""
    if not log.exists():
        return 0
    if log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
        return 0
    return log.stat().st_size


def said(log: Path, since: int) -> str:
    """What was written to `log` after position `since`, the last 20 kB at most."""
    with log.open("rb") as file:
        file.seek(max(since, log.stat().st_size - 20_000))
        return file.read().decode(errors="replace")


def port_was_busy(text: str) -> bool:
    """Whether a log tells that another server has the port."""
    return bool(_IN_USE.search(text))


def last_words(text: str, lines: int = 5) -> str:
    """The end of a log, to be shown to a person."""
    return "\n".join("  " + line for line in text.strip().splitlines()[-lines:]) or "  (it said nothing)"
