"""One module per format: bytes in, ``RawText`` out. None of them decides what a line means; that is ``ingest.structure``."""
