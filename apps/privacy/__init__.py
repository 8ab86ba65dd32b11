"""What is held about a person, told; and taken away again, with a proof."""
