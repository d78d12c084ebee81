"""督查: what is due when, and how far the office is with it."""
