"""What is done with professionals, invitations, information, links and attendance."""
