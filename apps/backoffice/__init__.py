"""The merchant's screens: the home page and what it shows. Reads all, decides nothing."""
