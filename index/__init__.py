"""Passages and how they are found: segmentation, lexical and dense search."""
