"""The demonstration's mailboxes: what each invented person was really sent. Installed only when DEMO=true."""
