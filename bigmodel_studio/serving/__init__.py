"""A server that answers like OpenAI's, over the same engine code. It never knows Qt."""
