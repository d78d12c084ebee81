"""Queries to the stored facts: of units, regions, relations, deadlines and the neighbourhood of a node."""
