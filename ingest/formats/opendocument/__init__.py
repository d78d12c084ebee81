"""OpenDocument: texts, sheets and presentations of LibreOffice, of WPS on Linux and of other office programs."""
