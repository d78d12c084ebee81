"""Frames 语域: what a block of a document does (review, plan, rule, condition, explanation, statistics), decided before any figure."""
