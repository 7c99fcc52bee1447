"""Documents and outputs in files of the system, and signing in place."""
