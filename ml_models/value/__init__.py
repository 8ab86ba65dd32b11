"""What a customer will be worth, and whether they buy again."""
