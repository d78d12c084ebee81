"""The knowledge graph as a networkx graph and as files for other programs."""
