"""学政策: what a newly assigned cadre learns from the library: terms, the brief of a post, questions with cited answers."""

from qa.study.glossary import terms
from qa.study.post import Brief, brief
from qa.study.question import QuizQuestion
from qa.study.quiz import quiz

__all__ = ["Brief", "QuizQuestion", "brief", "quiz", "terms"]
