"""The world as objects: ``net["lal"].sessions[3].run(…)``, shared by command line, scripts, console and notebook."""
