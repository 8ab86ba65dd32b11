"""The humble models that every other one has to beat."""
