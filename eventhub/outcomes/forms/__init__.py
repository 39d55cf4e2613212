"""Forms of lists, awards, certificates, notices and objections."""
