"""`make test`: private services, every leg, one summary. `python -m tests.run sqlite js`."""
