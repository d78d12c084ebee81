"""The optional language model: its endpoint, the wording it may propose, and the check of every word."""
