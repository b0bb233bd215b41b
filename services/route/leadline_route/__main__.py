"""Run route: `python -m leadline_route`."""

from leadline_route.app import STEP
from leadline_runtime.app import main

if __name__ == "__main__":
    main(STEP)
