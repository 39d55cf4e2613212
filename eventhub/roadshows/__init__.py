"""The live part of a round: rooms, slots, draw, timetable."""
