"""Run enrich: `python -m leadline_enrich`."""

from leadline_enrich.app import STEP
from leadline_runtime.app import main

if __name__ == "__main__":
    main(STEP)
