"""The server's edge: our own files, headers and settings around Streamlit."""
