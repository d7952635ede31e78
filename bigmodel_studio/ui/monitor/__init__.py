"""The monitor: what the devices hold and do, as it is now and over the last minutes."""
