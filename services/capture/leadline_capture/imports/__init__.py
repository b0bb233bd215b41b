"""CSV imports: reading the file, planning, sending, remembering how far it is."""
