"""Who is left alone, who sees which variant, and what that was worth."""
