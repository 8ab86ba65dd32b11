"""How LuxeBrain is run: on one machine (local/), and in production (everything else)."""
