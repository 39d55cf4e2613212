"""What follows from results: who goes up, awards, certificates, public notices, objections."""
