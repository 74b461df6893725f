"""Hotspot mapping of places linked to child sexual exploitation: places, never people."""
