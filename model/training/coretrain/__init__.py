"""How the embedded core is made: corpus, tokenizer, rows, training, export, measurement. Never part of the wheel."""
