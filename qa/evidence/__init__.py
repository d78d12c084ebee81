"""Where the evidence is: documents in scope, scored sentences, and the spans that carry an answer."""
