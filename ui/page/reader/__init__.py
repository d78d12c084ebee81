"""The reader: a document with its outline, facts and marks."""
