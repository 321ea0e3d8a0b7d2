"""Where data comes from outside of all servers: what a broker holds, read without a trace, and what it says."""
