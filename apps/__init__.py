"""One Django app per capability; docs/map.md draws the floors."""
