"""`make bench-recs`: recommenders on real data, by the protocols of docs/recommenders.md."""
