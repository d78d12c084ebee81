"""Tasks, units, targets and terms read from documents, and the graph they form."""
