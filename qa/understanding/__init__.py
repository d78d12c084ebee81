"""What a question asks: kind, names, period, concepts and the measure of the wanted value."""
