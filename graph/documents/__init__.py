"""Documents as the graph sees them: names, relations, versions, validity 时效."""
