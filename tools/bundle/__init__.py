"""Folders of wheels for machines without a network: what each platform takes, what is missing, and the script that installs them."""
