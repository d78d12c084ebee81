"""A small pretrained encoder 小型预训练语义模型: vectors of questions and of items, read without torch."""
