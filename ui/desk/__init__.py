"""What page and REST interface share: a desk over the library, uploads and the queue of imports."""
