"""Makes the compiled form: a copy of each package in which some modules are extensions beside their sources.

A whole package is copied, so that it is imported from one place. It is made in a folder beside and renamed when it is
complete: a compiler that is killed leaves nothing that could be taken for a form.
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from shlex import split
from time import time

from leadline_local.compiled import forms
from leadline_local.compiled.writing import written_out

_KEPT, _HOUR = 3, 3600.0
_MAKING = ".making-"
_SETTINGS = """
[tool.mypy]
strict = true
python_version = "3.11"
plugins = ["pydantic.mypy"]
ignore_missing_imports = true
"""
_SETUP = """
from mypyc.build import mypycify
from setuptools import setup
made = mypycify({arguments!r}, opt_level="2", debug_level="0")
setup(name={name!r}, py_modules=[], ext_modules=made)
"""


class CannotCompileError(Exception):
    """What is missing on this machine, or what the compiler said."""


def missing() -> str | None:
    """Why nothing can be compiled here, in a sentence; nothing if it can."""
    compiler = split(os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc")[0]
    if shutil.which(compiler) is None:
        return f"there is no C compiler {compiler} here (on Debian and Ubuntu: apt install gcc libc6-dev)"
    if not (Path(sysconfig.get_path("include")) / "Python.h").is_file():
        return "the headers of this Python are missing (on Debian and Ubuntu: apt install python3-dev)"
    if find_spec("mypyc") is None or find_spec("setuptools") is None:
        return "mypy's compiler is not installed (`make setup` brings it)"
    return None


def make(place: Path = forms.PLACE) -> Path:
    """The form of the sources as they are now, made if it is not there. Raises CannotCompileError."""
    target = place / forms.digest()
    if target.is_dir():
        return target
    if why := missing():
        raise CannotCompileError(why)
    place.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=_MAKING, dir=place) as temporary:
        made = Path(temporary) / "form"
        for package in forms.PACKAGES:
            shutil.copytree(package, made / package.name, ignore=shutil.ignore_patterns("__pycache__"))
        with ThreadPoolExecutor() as compilers:
            for _ in compilers.map(partial(_compile, made), forms.PACKAGES.items()):
                pass  # raises what one of them raised
        shutil.rmtree(made / "build", ignore_errors=True)  # the C sources of both, ten times what they become
        if place / forms.digest() != target:
            raise CannotCompileError("the sources changed meanwhile: try again")
        made.chmod(0o755)
        try:
            made.rename(target)
        except OSError:
            if not target.is_dir():  # else another was faster
                raise
    _forget_old(place)
    return target


def _compile(made: Path, what: tuple[Path, Sequence[str]]) -> None:
    """Turn the modules of one package's copy into extensions. Raises CannotCompileError."""
    package, modules = what[0].name, what[1]
    build = made.parent / f"build-{package}"
    build.mkdir()
    paths = [f"{package}/{module}.py" for module in modules]
    for path in paths:
        (made / path).write_text(written_out((made / path).read_text("utf-8")), "utf-8")
    settings, program = build / "pyproject.toml", build / "setup.py"
    settings.write_text(_SETTINGS, "utf-8")
    arguments = ["--config-file", str(settings), *paths]
    program.write_text(_SETUP.format(arguments=arguments, name=package), "utf-8")
    argv = [sys.executable, str(program), "-q", "build_ext", "--build-lib", str(build / "made"),
            "--build-temp", str(build / "objects")]  # fmt: skip
    environment = {**os.environ, "MYPY_CACHE_DIR": str(build / "cache")}
    done = subprocess.run(  # noqa: S603 -- our own command
        argv, cwd=made, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        raise CannotCompileError("the compiler refused the sources:\n" + "\n".join(done.stdout.splitlines()[-30:]))
    shutil.copytree(build / "made", made, dirs_exist_ok=True)


def _forget_old(place: Path) -> None:
    """Delete all but the newest forms, and what a compiler that was killed left behind."""
    every = sorted(place.iterdir(), key=lambda one: one.stat().st_mtime)
    left = [one for one in every if one.name.startswith(_MAKING) and one.stat().st_mtime < time() - _HOUR]
    made = [one for one in every if not one.name.startswith(".")]
    for one in left + made[:-_KEPT]:
        shutil.rmtree(one, ignore_errors=True)
