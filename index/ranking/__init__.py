"""The order of candidates: features, decision trees and the learned ranking."""
