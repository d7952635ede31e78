"""The data of a training: choosing files, fetching datasets, and looking at examples before a run starts."""
