"""Drivers against hand-written sensors: HX711, AS5600, MT6701."""

from roller.angle import AngleSensor
from roller.hx711 import OUT_OF_RANGE, STALE_READS, Hx711
from roller.ring import Ring
from roller.sampler import Sampler


class Bridge:
    """An HX711: shifts out 24 bits, first the highest, and checks how it is clocked."""

    def __init__(self):
        self.is_irq_on = True
        self.pulses = 0
        self.value = None
        self.bits = []
        self.unguarded = 0

    def offer(self, value):
        self.value = value
        self.bits = [value >> i & 1 for i in range(23, -1, -1)]
        self.pulses = 0

    def data(self):
        if self.pulses == 0:
            return 0 if self.value is not None else 1
        return self.bits[self.pulses - 1] if self.pulses <= 24 else 1

    def clock(self, level):
        if level:
            self.unguarded += self.is_irq_on
            self.pulses += 1
            if self.pulses == 25:
                self.value = None

    def disable_irq(self):
        self.is_irq_on = False
        return "state"

    def enable_irq(self, state):
        assert state == "state"
        self.is_irq_on = True

    def driver(self):
        return Hx711(self.data, self.clock, self.disable_irq, self.enable_irq)


def test_the_bridge_reads_zero_in_the_middle_of_the_range():
    bridge = Bridge()
    driver = bridge.driver()
    told = []
    for value in (0x000000, 0x7FFFFF, 0x800000, 0x000100, 0xFFFF00):
        bridge.offer(value)
        told.append(driver.read_u16())
        bridge.pulses = 0
    assert told == [32768, 65535, 0, 32769, 32767]


def test_every_pulse_is_made_with_interrupts_off():
    bridge = Bridge()
    bridge.offer(5)
    bridge.driver().read_u16()
    assert (bridge.pulses, bridge.unguarded, bridge.is_irq_on) == (25, 0, True)


def test_between_two_values_the_last_one_stands():
    bridge = Bridge()
    driver = bridge.driver()
    bridge.offer(0x000100)
    driver.read_u16()
    bridge.pulses = 0
    assert driver.read_u16() == 32769
    assert bridge.pulses == 0


def test_a_sensor_that_stays_away_is_out_of_range():
    bridge = Bridge()
    driver = bridge.driver()
    bridge.offer(0)
    driver.read_u16()
    bridge.pulses = 0
    told = [driver.read_u16() for _ in range(STALE_READS)]
    assert told[-2:] == [32768, OUT_OF_RANGE]
    assert driver.silences == 1


class Bus:
    def __init__(self, registers):
        self.registers = registers

    def readfrom_mem_into(self, address, register, buf):
        for i in range(len(buf)):
            buf[i] = self.registers[address, register + i]

    def readfrom_mem(self, address, register, n):
        return bytes([self.registers[address, register + i] for i in range(n)])


def test_the_angle_sensors_read_a_quarter_turn():
    assert AngleSensor(Bus({(0x36, 0x0C): 0xF4, (0x36, 0x0D): 0x00}), "as5600").read_count() == 64
    assert AngleSensor(Bus({(0x06, 0x03): 0x40, (0x06, 0x04): 0x00}), "mt6701").read_count() == 64


def test_the_sampler_counts_on_over_the_full_turn():
    bus = Bus({(0x06, 0x03): 250, (0x06, 0x04): 0})
    sampler = Sampler(lambda: 0, AngleSensor(bus, "mt6701").read_count, lambda: 0, Ring(), 256)
    for angle in (255, 4, 100, 200, 10, 250, 190):
        bus.registers[0x06, 0x03] = angle
        sampler.tick(None)
    assert sampler.count == (5 + 5 + 96 + 100 + 66 - 16 - 60)


def test_a_missing_or_badly_placed_magnet_is_said():
    def trouble(status):
        return AngleSensor(Bus({(0x36, 0x0B): status}), "as5600").trouble()

    assert trouble(0x20) is None
    assert "no magnet" in trouble(0x00)
    assert "too far" in trouble(0x30)
    assert "too near" in trouble(0x28)
    assert AngleSensor(Bus({}), "mt6701").trouble() is None
