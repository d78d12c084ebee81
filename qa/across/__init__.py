"""What places say, one beside the other 各地所说: their documents, statements and figures, for comparisons and for answers."""
