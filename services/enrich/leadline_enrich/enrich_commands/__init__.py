"""The commands of `leadline enrich`."""
