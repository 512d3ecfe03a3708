"""What happens around every request: the log line, safe headers, session limits, refusals explained."""
