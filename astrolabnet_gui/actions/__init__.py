"""What can be sent: the library of actions; their parameters travel as data."""
