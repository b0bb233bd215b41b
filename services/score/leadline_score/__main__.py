"""`python -m leadline_score` runs the service."""

from leadline_runtime.app import main
from leadline_score.app import STEP

if __name__ == "__main__":
    main(STEP)
