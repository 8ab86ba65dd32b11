"""The nouns of trade: products, customers, consents, orders, refunds, prices, stock."""
