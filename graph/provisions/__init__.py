"""Provisions 规定: who may or must do or gets what, under which condition; articles, conditions and standards, kept apart from tasks."""
