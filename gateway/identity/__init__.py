"""Who is there: session and renewal tokens of ours, and the tokens of the site's own login."""
