"""问政策: questions and answers."""
