"""Programs that run once before a server's first start."""

import subprocess
from pathlib import Path

from leadline_local import spawn
from leadline_local.errors import StackError


def run_once(title: str, command: spawn.Command, lock: int, log: Path) -> None:
    """Run to its end. It holds the server's lock, so that the next `up` outwaits the orphan of a killed one.

    Raises StackError with its last words if it fails.
    """
    since = spawn.rotate(log)
    process = spawn.spawn(command, lock, log)
    try:
        code = process.wait()
    except BaseException:
        process.kill()
        process.wait()
        raise
    if code:
        text = spawn.last_words(spawn.said(log, since))
        raise StackError(
            f"{title} could not be set up ({Path(command.argv[0]).name} ended with exit code {code}); "
            f"the end of {log}:\n{text}"
        ) from subprocess.CalledProcessError(code, command.argv[0])
