"""Pure rules of inviting: facts, keys and moments are arguments."""
