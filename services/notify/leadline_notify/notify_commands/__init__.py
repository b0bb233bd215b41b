"""What notify adds to the `leadline` command."""
