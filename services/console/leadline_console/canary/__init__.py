"""A canary lead through the whole pipeline, sent and watched from outside (docs/adr/0035)."""
