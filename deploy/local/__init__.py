"""One machine, no services: install, run, check. Standard library only."""
