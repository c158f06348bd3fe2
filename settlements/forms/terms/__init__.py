"""Forms of agreements: shape of input only, each with the draft that it comes to."""
