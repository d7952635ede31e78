"""Parts of the Hub view: the search, its table, and what is said of a repository."""
