"""PDF files: glyphs and rules from pdfium, layout, tables, and text recognition of scanned pages."""
