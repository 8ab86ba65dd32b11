"""The two-tower network. Importing it loads TensorFlow: only workers may."""
