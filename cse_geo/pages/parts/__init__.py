"""Parts of pages: one small module each; no maths, no frame work beyond choosing rows to show."""
