"""How a call reaches another module: in this process, with the rules of a remote call, or in another over HTTP."""
