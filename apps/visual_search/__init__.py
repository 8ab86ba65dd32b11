"""What looks like this: pictures of products as numbers, found again by a picture."""
