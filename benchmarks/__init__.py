"""One command per promise: `make bench-<name>` prints a table, writes var/bench/<name>.json."""
