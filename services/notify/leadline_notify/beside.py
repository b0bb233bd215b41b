"""What goes on beside notify's loop."""

from typing import Final

from leadline_notify.delivery.sending import sending
from leadline_notify.housekeeping import housekeeping

BESIDE: Final = (sending, housekeeping)
