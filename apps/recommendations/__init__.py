"""What a visitor should see next: picks learned at night, served as rows."""
