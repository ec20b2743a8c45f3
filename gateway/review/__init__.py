"""What real people wrote, for trainers: the review inbox and the figures of use."""
