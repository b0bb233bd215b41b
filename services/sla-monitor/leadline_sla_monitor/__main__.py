"""`python -m leadline_sla_monitor`: run the SLA monitor."""

from leadline_runtime.app import main
from leadline_sla_monitor.app import STEP

if __name__ == "__main__":
    main(STEP)
