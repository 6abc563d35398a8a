"""What bytecode costs on the chip: counts instructions of the real code, and charges the virtual board for them."""
