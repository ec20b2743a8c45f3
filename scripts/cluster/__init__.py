"""A larger installation as processes on loopback: two of each server of ours, and their stores."""
