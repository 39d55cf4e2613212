"""The public JSON face: schemas and calls to the services, nothing else."""
