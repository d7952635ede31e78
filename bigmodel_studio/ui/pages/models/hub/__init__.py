"""What the view of the Hub is made of: the search, its table, and what is said of a repository."""
