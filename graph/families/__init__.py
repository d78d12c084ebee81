"""Families of indicators 指标族: which names mean one indicator, in which respect, and values in units that can be compared."""
