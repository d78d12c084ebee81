"""Single lines of a text: their marks and numbers, dates, names of organs, signatures, and what is page decoration."""
