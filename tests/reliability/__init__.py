"""What is promised stays true when processes are killed."""
