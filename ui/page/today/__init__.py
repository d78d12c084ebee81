"""今日: what a unit of a region has to look at."""
