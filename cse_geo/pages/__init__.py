"""The pages of the app: each reads its controls, makes one call and draws."""
