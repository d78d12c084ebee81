"""From evidence to an answer: drafts, their point, notices, the guard, and replay of earlier answers."""
