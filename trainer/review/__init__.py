"""What real people wrote: made safe to show, grouped, and turned into examples."""
