"""Dialogs that belong to no page: settings, shortcuts, logs, network activity, account, recently removed."""
