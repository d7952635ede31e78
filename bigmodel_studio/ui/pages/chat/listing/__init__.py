"""The chats that are kept: their list with its search, folders, finding in one, and files in and out."""
