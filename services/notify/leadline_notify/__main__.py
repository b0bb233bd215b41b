"""`python -m leadline_notify`: tell people."""

from leadline_notify.app import STEP
from leadline_notify.settings import NotifySettings
from leadline_runtime.app import main

if __name__ == "__main__":
    main(STEP, NotifySettings)
