"""What goes on beside route's loop."""

from typing import Final

from leadline_route.coverage_monitor import coverage_monitor
from leadline_route.handing_over import handing_over
from leadline_route.owned_filling import filling
from leadline_route.roster_watch import following

BESIDE: Final = (following, filling, handing_over, coverage_monitor)
