"""Everything that needs neither window nor torch: folders, files, settings, specs, runs, the library of models."""
