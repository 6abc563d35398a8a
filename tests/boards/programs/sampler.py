"""The least that a firmware does: counter and force 1000 times a second into a ring, the main program asleep."""

import time
from array import array

import esp32
import machine

ring = array("i", [0] * 96)
at = 0
samples = 0
counter = esp32.PCNT(0, min=-32000, max=32000)
a = machine.Pin(25, machine.Pin.IN, machine.Pin.PULL_UP)
b = machine.Pin(26, machine.Pin.IN, machine.Pin.PULL_UP)
counter.init(channel=0, pin=a, rising=2, falling=1, mode_pin=b, mode_low=1)
counter.init(channel=1, pin=b, rising=1, falling=2, mode_pin=a, mode_low=1)
counter.start()
adc = machine.ADC(34)


def tick(_timer):
    global at, samples
    ring[at] = time.ticks_us()
    ring[at + 1] = counter.value()
    ring[at + 2] = adc.read_u16()
    at = at + 3 if at < 93 else 0
    samples += 1


class App:
    """What the virtual board looks at."""

    class feedback:
        state = "asleep"

    def counters(self):
        return {"samples": samples, "count": counter.value()}


app = App()
timer = machine.Timer(0)
timer.init(freq=1000, callback=tick)
while True:
    time.sleep_ms(10)
