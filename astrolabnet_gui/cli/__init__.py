"""Face 2: the command line. One word per row of the command table, a few short ones for what people type most."""
