"""Widgets that more than one page uses. They know core and the client's signals, never a page."""
