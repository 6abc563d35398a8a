"""Builds the handle's parts from the constants of a board module: once, at boot."""

import esp32
import lights
import machine
from roller.encoder import SPAN

_BUZZER_HZ = 2700  # where small piezo discs are loudest


def switch(pin):
    """An input that something pulls low."""
    return machine.Pin(pin, machine.Pin.IN, machine.Pin.PULL_UP)


def adc(pin):
    # In the stubs of 1.24, though not in 1.24 itself, `atten` is missing.
    return machine.ADC(machine.Pin(pin), atten=machine.ADC.ATTN_11DB)  # type: ignore[call-arg]


def hall_counter(board, hal):
    """The function that gives the counts of two Hall sensors."""
    a = switch(board.HALL_A_PIN)
    b = switch(board.HALL_B_PIN)
    if not hasattr(esp32, "PCNT"):  # MicroPython before 1.26, or a chip without the unit
        return hal.start_decoder(a, b)
    pcnt = esp32.PCNT(0, min=-SPAN, max=SPAN)
    # 4x decoding: each channel counts the edges of one phase, its direction turned by the level of the other.
    pcnt.init(
        channel=0,
        pin=a,
        rising=esp32.PCNT.DECREMENT,
        falling=esp32.PCNT.INCREMENT,
        mode_pin=b,
        mode_low=esp32.PCNT.REVERSE,
    )
    pcnt.init(
        channel=1,
        pin=b,
        rising=esp32.PCNT.INCREMENT,
        falling=esp32.PCNT.DECREMENT,
        mode_pin=a,
        mode_low=esp32.PCNT.REVERSE,
    )
    pcnt.start()
    return pcnt.value


def angle(board, hal):
    """The function that gives the angle of a magnetic sensor, in counts."""
    from roller import angle

    i2c = machine.I2C(0, scl=machine.Pin(board.ENCODER_SCL_PIN), sda=machine.Pin(board.ENCODER_SDA_PIN), freq=400000)
    sensor = angle.AngleSensor(i2c, board.ENCODER)
    hal.span = angle.COUNTS_PER_REV
    return sensor.read_count


def hx711(board):
    """A bridge amplifier with its converter."""
    from roller.hx711 import Hx711

    data = machine.Pin(board.FORCE_PIN, machine.Pin.IN)
    clock = machine.Pin(board.FORCE_CLOCK_PIN, machine.Pin.OUT, value=0)
    return Hx711(data, clock, machine.disable_irq, machine.enable_irq)


def light(board):
    """show((red, green, blue), lit) for the board's kind of light."""
    kind = lights.PwmLight if board.LED_KIND == "rgb_pwm" else lights.PixelLight
    return kind(board).show


def buzzer(board):
    """A silent PWM channel on the buzzer's pin, or None."""
    if board.BUZZER_PIN is None:
        return None
    return machine.PWM(machine.Pin(board.BUZZER_PIN), freq=_BUZZER_HZ, duty_u16=0)
