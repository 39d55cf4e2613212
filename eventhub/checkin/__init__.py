"""The door: checkpoints, scans, admissions."""
