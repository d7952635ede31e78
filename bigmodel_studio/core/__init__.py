"""What can be said without a window and without torch: folders, files, settings, specs, runs, the library of models."""
