"""Word files: docx read directly, older formats converted by LibreOffice."""
