"""学政策: terms, briefs and quizzes."""
