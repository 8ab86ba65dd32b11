"""Which customers belong together: by conditions, by what is learned, by what comes."""
