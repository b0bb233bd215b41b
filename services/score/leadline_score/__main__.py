"""`python -m leadline_score` runs the service."""

from leadline_runtime.app import main
from leadline_score.app import STEP
from leadline_score.settings import ScoreSettings

if __name__ == "__main__":
    main(STEP, ScoreSettings)
