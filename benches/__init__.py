"""What decoding, encoding and starting cost, beside peers; `python -m benches` prints it as one table."""
