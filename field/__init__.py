"""The door for crews outside: one page that works without a network, and what it talks to."""
