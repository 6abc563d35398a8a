"""ESP32-DevKitC V4 (ESP32-WROOM-32): USB over a UART bridge, hardware counters.

Pins: no strapping pin (0, 2, 5, 12, 15), none of the flash (6-11), none of UART0 (1, 3); analogue inputs on ADC1 only,
as ADC2 is not free at all times; 34 and 35 can only be inputs and have no pull resistors, which these two uses need
not. The headers' pins are in the order of Espressif's guide for V4, with its antenna up, from the top down; unverified:
which header is on the left, and that the labels are numbers alone (the guide has IO34).
"""

NAME = "esp32_devkitc"
CHIP = "esp32"
CPU_MHZ = 160  # what MicroPython starts with: enough, and 240 would only drain the cell
MPY_ARCH = "xtensawin"
FLASH_OFFSET = 0x1000
HAS_PCNT = True
ENCODER = "hall"  # or "as5600", "mt6701"
COUNTS_PER_REV = 32  # of the encoder; the angle sensors give 256
ENCODER_SDA_PIN = None
ENCODER_SCL_PIN = None
HALL_A_PIN = 25
HALL_B_PIN = 26
FORCE_PIN = 34
FORCE_KIND = "bridge"  # or "hx711"
FORCE_CLOCK_PIN = None
FORCE_TARE_RAW = 3200
FORCE_NN_PER_COUNT = 166667
FORCE_RAW_MIN = 400
FORCE_RAW_MAX = 64000
BUTTON_PIN = 27
LED_KIND = "rgb_pwm"  # or "pixel", "ring8"
LED_PINS = (18, 19, 21)
LED_ACTIVE_LOW = False
BUZZER_PIN = 22
BATTERY_PIN = 35
BATTERY_DIVIDER_X1000 = 2000  # the cell's voltage over the pin's
CHARGER_PIN = None  # the charger's open-drain status, low while charging
CONSOLE = "uart"  # or "usb", "usb_serial_jtag"
BAUD = 115200
PIN_LABEL = "%d"
HEADER_LEFT = "3V3 EN VP VN 34 35 32 33 25 26 27 14 12 GND 13 D2 D3 CMD 5V"
HEADER_RIGHT = "GND 23 22 TX RX 21 GND 19 18 5 17 16 4 0 2 15 D1 D0 CLK"
