"""Search by words: segmentation, the BM25 index and its cache on disk."""
