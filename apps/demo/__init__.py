"""A believable fashion shop with known truth, and its storefront under /demo/."""
