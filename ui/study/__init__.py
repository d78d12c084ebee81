"""学政策: what a newly assigned cadre learns from the library: terms, the brief of a post, questions with cited answers."""

from ui.study.glossary import terms
from ui.study.paper import write_paper
from ui.study.posts import Brief, brief
from ui.study.questions import Question
from ui.study.quizzes import quiz

__all__ = ["Brief", "Question", "brief", "quiz", "terms", "write_paper"]
