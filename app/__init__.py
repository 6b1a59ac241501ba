"""What a person meets: `answering` (no Streamlit in it), `screens` (the chat), `cli` (the command line, on top of all)."""
