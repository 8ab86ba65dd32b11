"""Models that learn: numpy and TensorFlow. Knows no Django, no clock, no database."""
