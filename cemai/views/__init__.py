"""Views of the policy graph 图谱视图: a time line, the paths between two things, and a requirement level by level."""
