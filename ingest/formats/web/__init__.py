"""Web pages: the element tree, its main content, and text with headings and tables."""
