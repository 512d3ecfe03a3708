"""The roof: sessions, refusals, health, the demonstration's mailboxes, the embedded services."""
