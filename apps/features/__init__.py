"""Numbers about customers and products as of a date, the same for training and serving."""
