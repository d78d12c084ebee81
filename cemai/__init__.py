"""策脉 cemai: a library of policy documents with everything it can do. This package puts the stages together."""
