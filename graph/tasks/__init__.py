"""Tasks 任务: numbered items, ledger rows and closing demands, with measures, deadlines and beneficiaries."""
