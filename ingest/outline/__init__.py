"""The outline 层次 of a text: headings, numbered items, parts and the zones they lie in."""
