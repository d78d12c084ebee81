"""From bytes to a ParsedDocument: formats, outline, head matter."""
