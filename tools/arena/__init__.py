"""Searches side by side on the same questions and documents, for ``benchmarks/quality.py``."""
