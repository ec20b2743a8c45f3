"""`make evaluate`: how well phrases are understood that nothing was trained on or chosen by."""
