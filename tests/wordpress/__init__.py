"""The plugin on a real WordPress, visited over HTTP as people do."""
