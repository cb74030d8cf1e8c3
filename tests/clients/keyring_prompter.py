"""The dialog of gnome-keyring, answered by itself: by the stand-in that its own library has for tests.

keyring_prompter.py MILLISECONDS ok|cancel: prints its name on the bus, answers one dialog after that time, and
ends with its standard input.
"""

import ctypes
import sys

gcr = ctypes.CDLL("libgcr-base-3.so.1")
gcr.gcr_mock_prompter_start.restype = ctypes.c_char_p
name = gcr.gcr_mock_prompter_start().decode()
gcr.gcr_mock_prompter_set_delay_msec(int(sys.argv[1]))
if sys.argv[2] == "ok":
    gcr.gcr_mock_prompter_expect_password_ok(b"password", None)
else:
    gcr.gcr_mock_prompter_expect_password_cancel()
print(name, flush=True)
sys.stdin.read()
