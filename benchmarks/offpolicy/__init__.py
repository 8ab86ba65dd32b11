"""`make bench-offpolicy`: what another policy would have earned, and what bandits lose."""
