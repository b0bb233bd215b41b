"""`python -m leadline_local.oncall`: write the rules of burn rates and the dashboards of this checkout."""

import json
import sys
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import LiteralScalarString

from leadline_local.dashboards import pipeline, service, sla
from leadline_local.oncall.burn_rules import rules
from leadline_local.oncall.objectives import load
from leadline_runtime.core.errors import RulesError

DEPLOY = Path(__file__).resolve().parents[3]
HEADER = """\
# Written by `make schemas` from objectives.yaml: change that, or deploy/local/leadline_local/oncall.
# The SLI is decided at the deadline: broken of due. (Answered leads alone would only know the survivors.) Objectives,
# windows and limits: docs/adr/0033-burn-rates-of-promises.md
"""


def generated(deploy: Path = DEPLOY) -> dict[Path, str]:
    """Every file that is written, with its text."""
    objectives = load(deploy / "prometheus" / "objectives.yaml")
    files = {deploy / "prometheus" / "rules" / "sla_burn.yaml": HEADER + _yaml(rules(objectives))}
    for made in (pipeline(), service(), sla()):
        name = made["uid"].removeprefix("leadline-")
        files[deploy / "grafana" / "dashboards" / f"{name}.json"] = json.dumps(made, indent=1) + "\n"
    return files


def main(deploy: Path = DEPLOY) -> int:
    """0 if all is written, 2 if the objectives cannot be used."""
    try:
        files = generated(deploy)
    except RulesError as error:
        print(f"{error}\nNothing was written. Mend it, and run `make schemas` again.", file=sys.stderr)
        return 2
    for file, text in files.items():
        file.write_text(text, encoding="utf-8")
    return 0


def _yaml(content: Any) -> str:
    writer, told = YAML(pure=True), StringIO()
    writer.width = 200
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.dump(_readable(content), told)
    return told.getvalue()


def _readable(value: Any) -> Any:
    """Texts of several lines as such."""
    if isinstance(value, dict):
        return {key: _readable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_readable(each) for each in value]
    return LiteralScalarString(value) if isinstance(value, str) and "\n" in value else value


if __name__ == "__main__":
    sys.exit(main())
