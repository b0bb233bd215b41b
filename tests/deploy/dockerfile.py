"""A Dockerfile as a list of instructions, and its build steps run in a plain directory."""

import json
import os
import re
import shlex
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Instruction:
    """One instruction: its word, its options (--name=value) and the rest."""

    word: str
    options: tuple[str, ...]
    rest: str

    def parts(self) -> list[str]:
        """The rest as words."""
        return list(json.loads(self.rest)) if self.rest.startswith("[") else shlex.split(self.rest)


def stages(file: Path) -> list[list[Instruction]]:
    """The instructions of each stage; a stage begins with its FROM."""
    text = re.sub(r"^\s*#.*\n", "", file.read_text(), flags=re.MULTILINE)
    found: list[list[Instruction]] = []
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            options: list[str] = []
            while match := re.match(r"(--[a-z-]+=\S+)\s+", rest):
                options.append(match[1])
                rest = rest[match.end() :]
            if word == "FROM":
                found.append([])
            found[-1].append(Instruction(word, tuple(options), rest))
    return found


def ignores(file: Path) -> list[str]:
    """The lines of a .dockerignore file."""
    return [line for line in file.read_text().splitlines() if line and not line.startswith("#")]


def build(stage: list[Instruction], context: Path, work: Path, uv: str) -> Path:
    """Do what a stage does (COPY from the context, ENV, RUN uv ...) under `work`; gives the environment's folder."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "VIRTUAL_ENV"))}
    environment["UV_SYSTEM_CERTS"] = "1"  # as setup does: a machine may have authorities of its own
    target = work / "environment"
    for one in stage:
        if one.word == "ENV":
            environment |= dict(part.split("=", 1) for part in one.parts())
            environment["UV_PROJECT_ENVIRONMENT"] = str(target)
        elif one.word == "COPY" and not any(option.startswith("--from") for option in one.options):
            *sources, place = one.parts()
            for source in sources:
                _copy(context / source, work / "src" / place)
        elif one.word == "RUN" and one.rest.startswith("uv "):
            done = subprocess.run(
                [uv, *one.parts()[1:]], cwd=work / "src", env=environment, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
    return target


def _copy(source: Path, place: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        place.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, place / source.name)
