"""The Grafana dashboards: pipeline (what is wrong, where), service (one step from within), SLA (are promises kept)."""

from leadline_local.dashboards.pipeline import pipeline
from leadline_local.dashboards.service import service
from leadline_local.dashboards.sla import sla

__all__ = ["pipeline", "service", "sla"]
