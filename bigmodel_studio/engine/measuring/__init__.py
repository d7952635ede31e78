"""Resources that models need: costs counted on the meta device, and memory and speed measured in a fresh process."""
