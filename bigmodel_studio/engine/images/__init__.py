"""Pictures: decoding strangers' files safely, thumbnails, and classification."""
