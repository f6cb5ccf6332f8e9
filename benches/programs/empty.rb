# Nothing: for the time of starting.
