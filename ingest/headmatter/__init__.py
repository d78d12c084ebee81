"""Head matter 版头: title, document number 文号, issuers, dates, region and what the document is based on."""
