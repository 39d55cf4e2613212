"""From the judges' marks to totals, and from totals to ranks."""
