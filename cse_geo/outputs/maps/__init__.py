"""Maps: the only user of folium; every string that enters it is escaped, every asset is our own."""
