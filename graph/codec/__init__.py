"""Facts as records of the contract and as rows of the store."""
