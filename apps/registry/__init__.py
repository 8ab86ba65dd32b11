"""Trained models: versions, metrics, artefacts, and which one serves."""
