"""One module for each kind of question that has a way of its own to be answered."""
