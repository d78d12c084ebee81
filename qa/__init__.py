"""Questions, answers built from quotes, comparisons across regions."""
