"""比地区: comparisons of regions and documents."""
