"""How the encoder of items in ``index/neural/model`` is made: extract, trim, train, pack, evaluate."""
