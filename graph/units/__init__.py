"""Responsible units 责任单位: finding, splitting, completing and naming them."""
