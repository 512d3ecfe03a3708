"""Pure rules of a local procedure: limits, settings, reading and the national floor."""
