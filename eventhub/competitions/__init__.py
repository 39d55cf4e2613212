"""Templates, tracks, groups, rounds and rubrics."""
