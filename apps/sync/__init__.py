"""Our copy equals the shop: first sync, webhooks, polls, and the proof of it."""
