"""对号入座: a person or an enterprise against provisions."""
