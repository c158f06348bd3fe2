"""The enumerations of plans; each topic has a module of its own."""
