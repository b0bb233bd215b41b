"""service → runtime → schemas: never back, never sideways. The contracts stand in the root pyproject.toml."""

import subprocess
import sys
import tomllib

from tests.unit.house.sources import PACKAGES, ROOT


def test_the_layers_hold() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_every_package_is_under_contract() -> None:
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    assert set(config["root_packages"]) == {package.name for package in PACKAGES}
    kinds = [contract["type"] for contract in config["contracts"]]
    assert kinds.count("layers") == 1
    assert kinds.count("forbidden") >= 1
