"""How right the instrument's number is: generated hands, an independent truth, and what the firmware makes of them."""
