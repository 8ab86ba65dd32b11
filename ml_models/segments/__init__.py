"""Five groups of customers: learned from their numbers, named, kept stable, explained."""
