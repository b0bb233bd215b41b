"""In-memory stand-ins that pass the same law-suite as PostgreSQL and Kafka, and helpers for tests that tell a story."""
