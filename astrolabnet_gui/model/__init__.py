"""What things are: frozen values, no I/O. Every other room speaks in these."""
