"""Whom does a message move? Learned from tests by lot, answered by plain numbers."""
