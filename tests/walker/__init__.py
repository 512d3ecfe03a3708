"""What holds for every page: who may open it, what it may not do, what it must carry, what it survives."""
