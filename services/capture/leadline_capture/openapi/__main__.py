"""`python -m leadline_capture.openapi [--check]`: write the committed copy of the document, or see that it is fresh."""

import json
import sys
from importlib.resources import files
from pathlib import Path

from leadline_capture.openapi.document import document

FILE = Path(str(files("leadline_capture") / "openapi" / "openapi.json"))


def text() -> str:
    """The document as it is committed and served."""
    return json.dumps(document(), indent=1, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """0 if the copy is, or now is, what the code says."""
    if FILE.exists() and FILE.read_text(encoding="utf-8") == text():
        return 0
    if "--check" in arguments:
        print(f"{FILE.name} is not what the code says: run `make schemas` and commit what it writes", file=sys.stderr)
        return 1
    FILE.write_text(text(), encoding="utf-8")
    print(f"{FILE} written")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
