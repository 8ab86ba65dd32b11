"""What the shop's pages show where: shelves, banners and lines, by the merchant's rules."""
