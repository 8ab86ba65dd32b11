"""The log of every choice, and the inbox of suggestions that wait for approval."""
