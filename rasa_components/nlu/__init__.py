"""NLU components: normalising, classifying, deciding."""
