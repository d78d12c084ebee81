"""Alignment of documents: like indicators, like tasks, and which demands a lower document takes up."""
