"""Charts and drawn grids: curves, heat maps, histograms, bars, treemaps. They know core, never a page."""
