"""Search by meaning: encoders, their training, and the vector index."""
