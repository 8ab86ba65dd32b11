"""Draws a fashion shop from a seed: numpy and Pillow only, no Django, no clock."""
