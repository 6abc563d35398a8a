"""ESP32-C6-DevKitC-1 (ESP32-C6-WROOM-1): USB-Serial-JTAG on the socket marked USB, hardware counters.

Pins: no strapping pin (4, 5, 8, 9, 15), none of the flash (24-30), none of USB (12, 13) and UART0 (16, 17); analogue
inputs on ADC1 (0-6) only. The headers' labels are those of Espressif's guide for v1.2, with its antenna up, from the
top down; unverified: which header is on the left.
"""

NAME = "esp32c6_devkitc"
CHIP = "esp32c6"
CPU_MHZ = 160  # the most that the chip can
MPY_ARCH = "rv32imc"
FLASH_OFFSET = 0x0
HAS_PCNT = True
ENCODER = "hall"  # or "as5600", "mt6701"
COUNTS_PER_REV = 32  # of the encoder; the angle sensors give 256
ENCODER_SDA_PIN = None
ENCODER_SCL_PIN = None
HALL_A_PIN = 18
HALL_B_PIN = 19
FORCE_PIN = 2
FORCE_KIND = "bridge"  # or "hx711"
FORCE_CLOCK_PIN = None
FORCE_TARE_RAW = 3200
FORCE_NN_PER_COUNT = 166667
FORCE_RAW_MIN = 400
FORCE_RAW_MAX = 64000
BUTTON_PIN = 20
LED_KIND = "rgb_pwm"  # or "pixel", "ring8"
LED_PINS = (21, 22, 23)
LED_ACTIVE_LOW = False
BUZZER_PIN = 10
BATTERY_PIN = 3
BATTERY_DIVIDER_X1000 = 2000  # the cell's voltage over the pin's
CHARGER_PIN = None  # the charger's open-drain status, low while charging
CONSOLE = "usb_serial_jtag"  # or "uart", "usb"
BAUD = 115200  # USB has no line rate; whatever is set is ignored
PIN_LABEL = "%d"
HEADER_LEFT = "3V3 RST 4 5 6 7 0 1 8 10 11 2 3 5V G NC"
HEADER_RIGHT = "G TX RX 15 23 22 21 20 19 18 9 G 13 12 G NC"
