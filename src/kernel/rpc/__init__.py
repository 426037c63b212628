"""How a call reaches another module: the local binding, with the rules of a remote one."""
