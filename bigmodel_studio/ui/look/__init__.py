"""How the window looks and reads: palettes, stylesheet, icons, languages and times in words. Knows no page."""
