"""What we know: the nouns, the catalogue of sources, bundled texts, the corpus store. Imports none of our packages.

Read in this order: `errors`, `records`, `text`, `ids`, `catalogue`, `store`, `bundled`.
"""
