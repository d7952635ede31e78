"""The window around the pages: actions, command palette, notices, session, removal, and what pages are given.

Knows pages only through their table.
"""
