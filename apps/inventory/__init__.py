"""Who delivers what, how fast and at what price."""
