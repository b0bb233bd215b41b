"""In which form a service's core runs: as it is written, or compiled beforehand (docs/adr)."""

import sys
from importlib.machinery import EXTENSION_SUFFIXES


def core_form(package: str) -> str:
    """`compiled` if a module of this service's core that is loaded is an extension, else `python`."""
    core = f"{package}.core."
    files = [str(getattr(module, "__file__", None)) for name, module in sys.modules.items() if name.startswith(core)]
    return "compiled" if any(file.endswith(tuple(EXTENSION_SUFFIXES)) for file in files) else "python"
