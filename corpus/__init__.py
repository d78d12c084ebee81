"""The types every stage shares, the divisions of the country, and the store. Sees nothing but the standard library."""
