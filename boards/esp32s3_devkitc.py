"""ESP32-S3-DevKitC-1 (ESP32-S3-WROOM-1): native USB on the socket marked USB, hardware counters, a ring light.

Pins: no strapping pin (0, 3, 45, 46), none of flash and PSRAM (26-37), none of USB (19, 20) and UART0 (43, 44), not the
light on the board (38 or 48, by its version); analogue inputs on ADC1 (1-10) only. The headers' labels are those of
Espressif's guide for v1.1, with its antenna up, from the top down; unverified: which header is on the left.
"""

NAME = "esp32s3_devkitc"
CHIP = "esp32s3"
CPU_MHZ = 160  # enough: 240 would only drain the cell
MPY_ARCH = "xtensawin"
FLASH_OFFSET = 0x0
HAS_PCNT = True
ENCODER = "hall"  # or "as5600", "mt6701"
COUNTS_PER_REV = 32  # of the encoder; the angle sensors give 256
ENCODER_SDA_PIN = None
ENCODER_SCL_PIN = None
HALL_A_PIN = 15
HALL_B_PIN = 16
FORCE_PIN = 4
FORCE_KIND = "bridge"  # or "hx711"
FORCE_CLOCK_PIN = None
FORCE_TARE_RAW = 3200
FORCE_NN_PER_COUNT = 166667
FORCE_RAW_MIN = 400
FORCE_RAW_MAX = 64000
BUTTON_PIN = 17
LED_KIND = "ring8"  # or "rgb_pwm", "pixel"
LED_PINS = (18,)
LED_ACTIVE_LOW = False
BUZZER_PIN = 21
BATTERY_PIN = 5
BATTERY_DIVIDER_X1000 = 2000  # the cell's voltage over the pin's
CHARGER_PIN = None  # the charger's open-drain status, low while charging
CONSOLE = "usb"  # or "uart", "usb_serial_jtag"
BAUD = 115200  # USB has no line rate; whatever is set is ignored
PIN_LABEL = "%d"
HEADER_LEFT = "3V3 3V3 RST 4 5 6 7 15 16 17 18 8 3 46 9 10 11 12 13 14 5V G"
HEADER_RIGHT = "G TX RX 1 2 42 41 40 39 38 37 36 35 0 45 48 47 21 20 19 G G"
