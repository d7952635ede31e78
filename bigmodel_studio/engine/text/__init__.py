"""Tasks on texts: masked words, next sentence, classification, tagging, embeddings and rewriting."""
