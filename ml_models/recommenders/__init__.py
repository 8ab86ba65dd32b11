"""Models that say what somebody will want next, one in each file."""
