"""Comparisons: regions side by side, versions 新旧对照, implementation 落实对照."""
