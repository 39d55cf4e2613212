"""What views share and no slice owns."""
