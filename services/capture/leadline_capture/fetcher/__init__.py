"""The fetcher: gets what a notification only points at, from the vendor, and writes it to `lead.received`."""
