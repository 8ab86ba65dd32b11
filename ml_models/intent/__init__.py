"""Will this visit bring an order? Learned here, answered by plain numbers elsewhere."""
