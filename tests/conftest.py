"""Fixtures for all tests."""

from hypothesis import settings

# A law holds however slow the machine is; how long a step takes is measured elsewhere.
settings.register_profile("leadline", deadline=None)
settings.load_profile("leadline")

pytest_plugins = ["tests.support.stack"]
