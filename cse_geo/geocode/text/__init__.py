"""Words to places: one parser for gazetteer and texts, array postings, evidence, and a decision that can say no."""
