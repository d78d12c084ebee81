"""Quantities 数量: numbers with comparators, units and bounds."""
