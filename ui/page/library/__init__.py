"""文档库: the documents, and where files come in."""
