"""ESP32-C3-DevKitM-1 (ESP32-C3-MINI-1): the chip's USB-Serial-JTAG port on pins 18 and 19; no hardware counters.

The socket on the board leads to a UART bridge instead: it serves for a first flash, and MicroPython listens there too.
Pins: no strapping pin (2, 8, 9), none of the flash (11-17), none of USB (18, 19) and UART0 (20, 21); analogue inputs on
ADC1 (0-4) only. One NeoPixel, as there are too few pins for three PWM channels. The headers' labels are those of
Espressif's guide for v1, with its antenna up, from the top down; unverified: which header is on the left.
"""

NAME = "esp32c3_devkitm"
CHIP = "esp32c3"
CPU_MHZ = 160  # the most that the chip can
MPY_ARCH = "rv32imc"
FLASH_OFFSET = 0x0
HAS_PCNT = False
ENCODER = "hall"  # or "as5600", "mt6701"
COUNTS_PER_REV = 32  # of the encoder; the angle sensors give 256
ENCODER_SDA_PIN = None
ENCODER_SCL_PIN = None
HALL_A_PIN = 4
HALL_B_PIN = 5
FORCE_PIN = 0
FORCE_KIND = "bridge"  # or "hx711"
FORCE_CLOCK_PIN = None
FORCE_TARE_RAW = 3200
FORCE_NN_PER_COUNT = 166667
FORCE_RAW_MIN = 400
FORCE_RAW_MAX = 64000
BUTTON_PIN = 6
LED_KIND = "pixel"  # or "rgb_pwm", "ring8"
LED_PINS = (10,)
LED_ACTIVE_LOW = False
BUZZER_PIN = 7
BATTERY_PIN = 1
BATTERY_DIVIDER_X1000 = 2000  # the cell's voltage over the pin's
CHARGER_PIN = None  # the charger's open-drain status, low while charging
CONSOLE = "usb_serial_jtag"  # or "uart", "usb"
BAUD = 115200  # USB has no line rate; whatever is set is ignored
PIN_LABEL = "IO%d"
HEADER_LEFT = "GND 3V3 3V3 IO2 IO3 GND RST GND IO0 IO1 IO10 GND 5V 5V GND"
HEADER_RIGHT = "GND TX RX GND IO9 IO8 GND IO7 IO6 IO5 IO4 GND IO18 IO19 GND"
