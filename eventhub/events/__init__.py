"""Activities of every kind, sessions, registrations of attendees, tickets."""
