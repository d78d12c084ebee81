"""Values to safe HTML: pure functions, tested without a browser. Text of documents reaches the page through these only."""
