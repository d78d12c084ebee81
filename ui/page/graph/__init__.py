"""看图谱: the surroundings of a subject or a unit."""
