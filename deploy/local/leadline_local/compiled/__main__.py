"""`python -m leadline_local.compiled [--required] [--into DIRECTORY]`: compile the cores of score and the SLA monitor.

Where that cannot be done it says why, and both run as pure Python all the same. --required: fail then. --into: copy
the form there, for an image.
"""

import argparse
import shutil
import sys
from pathlib import Path
from time import monotonic

from leadline_local.compiled import forms, making


def main() -> int:
    """0 if it is done, or cannot be done here and need not; 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m leadline_local.compiled", description=__doc__)
    parser.add_argument("--required", action="store_true", help="fail where nothing can be compiled")
    parser.add_argument("--into", type=Path, help="copy the form into this folder, which must not exist")
    options = parser.parse_args()
    why = making.missing()
    if why and forms.current() is None:
        print(f"{forms.CORES}: they stay pure Python: {why}.", file=sys.stderr)
        return 1 if options.required else 0
    started, found = monotonic(), forms.current()
    if found is None:
        print(f"compiling the {forms.CORES}, which takes two minutes", file=sys.stderr)
    try:
        found = found or making.make()
    except making.CannotCompileError as error:
        print(f"{forms.CORES}: they could not be compiled, and stay pure Python: {error}", file=sys.stderr)
        return 1
    print(f"{forms.CORES}: compiled in {found} ({monotonic() - started:.0f} s)", file=sys.stderr)
    if options.into:
        shutil.copytree(found, options.into)
    return 0


if __name__ == "__main__":
    sys.exit(main())
