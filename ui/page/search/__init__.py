"""查文件: search with filters."""
