"""Models that run on this machine: fetched once, served by llama.cpp on a loopback port."""
